#!/bin/sh
# Makes the model in the box again, from nothing: vocabulary, training, export, both files, its table.
#   models/demo/make.sh PYTHON FRESHET [WORK]
# PYTHON has requirements.txt; FRESHET is a built command. What was interrupted is taken up again.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
python=$1 freshet=$2 work=${3:-$here/work}
mkdir -p "$work"
[ -e "$work/tokenizer.json" ] || "$python" "$here/train_tokenizer.py" "$work"
cp "$work/tokenizer.json" "$here"
"$python" "$here/train.py" "$work"
"$python" "$here/export.py" "$work"
"$python" "$here/../../tools/convert_hf.py" --force "$work/hf" "$here/freshet-demo-bf16.gguf"
"$freshet" quantize --force "$here/freshet-demo-bf16.gguf" "$here/freshet-demo-q8_0.gguf" q8_0
"$python" "$here/plot_loss.py" "$work/log.jsonl" "$here/loss.svg"
"$python" "$here/evaluate.py" "$freshet" "$here/freshet-demo-q8_0.gguf" |
  tee "$work/accuracy.md"
