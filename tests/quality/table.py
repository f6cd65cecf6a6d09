#!/usr/bin/env python3
"""The quality of every weight format, as a Markdown table.

    python3 tests/quality/table.py FRESHET [--master MODEL.gguf] [--text FILE]

The master is quantised to each type, and the predictions of the held-out text compared with its own
(an f32 cache on both sides). By default: the model in the box, and held_out.txt. Takes a minute;
needs nothing but Python.
"""

import argparse
import json
import pathlib
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
MASTER = HERE.parents[1] / "models/demo/freshet-demo-bf16.gguf"
TYPES = """q8_0 q6_k q5_1 q5_k_m q5_k q5_0 q4_1 q4_k_m q4_k_s q4_k q4_0 iq4_nl iq4_xs mxfp4 q3_k
q2_k""".split()
F32_CACHE = ["-ctk", "f32", "-ctv", "f32"]


def run(*command):
    return subprocess.run(
        list(map(str, command)), check=True, capture_output=True, text=True
    ).stdout


def row(name, file, report):
    size = f"{file.stat().st_size / 1e6:.2f} MB"
    perplexity = f"{report['perplexity']:.3f}"
    if "kl_divergence" not in report:
        return f"| {name} | {size} | {perplexity} ± {report['perplexity_error']:.3f} | | | |"
    divergence = report["kl_divergence"]
    change = 100 * (report["perplexity"] / report["base_perplexity"] - 1)
    return (
        f"| {name} | {size} | {perplexity} ({change:+.2f} %) | {divergence['mean']:.5f} "
        f"| {divergence['percentile_99']:.4f} | {100 * report['same_top']:.2f} % |"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("freshet")
    parser.add_argument("--master", type=pathlib.Path, default=MASTER)
    parser.add_argument("--text", type=pathlib.Path, default=HERE / "held_out.txt")
    args = parser.parse_args()
    print("| format | file | perplexity | KL, mean | KL, 99 % | same top token |")
    print("|---|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        base, out = pathlib.Path(folder) / "base.kl", pathlib.Path(folder) / "model.gguf"
        perplexity = [args.freshet, "perplexity", "--json", *F32_CACHE]
        master = [*perplexity, "-m", args.master, "-f", args.text, "--kl-base", base]
        print(row("master", args.master, json.loads(run(*master))))
        for kind in TYPES:
            run(args.freshet, "quantize", "--force", args.master, out, kind)
            report = json.loads(run(*perplexity, "-m", out, "--kl", base))
            print(row(kind.upper(), out, report), flush=True)


if __name__ == "__main__":
    main()
