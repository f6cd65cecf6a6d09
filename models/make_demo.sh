#!/bin/sh
# Makes the model in the box again; the same bytes on every machine.
#   models/make_demo.sh build/release/tools/freshet
set -eu
"$1" synth demo q8_0 "$(dirname "$0")/demo-q8_0.gguf" --seed 20
