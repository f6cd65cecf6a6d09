"""The table's rows: what is measured, on which file, and what it must reach."""

from dataclasses import dataclass


@dataclass
class Measured:
    value: float
    text: str


@dataclass
class Row:
    work: str
    shape: str
    kind: str
    must: float
    aim: float
    measure: object  # (machine, path) -> Measured
    quick: bool = False
    less_is_better: bool = False
    unit: str = "%"  # of the bars: "%", "x" or "s"

    @property
    def file(self):
        return f"{self.shape} {self.kind.upper()}"

    def text(self):
        return f"{self.work} {self.file} {self.shape}-{self.kind}"

    def bar_text(self, bar):
        if bar is None:
            return ""
        return f"{100 * bar:.0f} %" if self.unit == "%" else f"{bar:g} {self.unit}"

    def reached(self, measured, bar):
        return measured.value <= bar if self.less_is_better else measured.value >= bar

    def verdict(self, measured):
        if self.aim is not None and self.reached(measured, self.aim):
            return "aim met"
        return "met" if self.reached(measured, self.must) else "**not met**"


DECODE = ["-p", "0", "-n", "64"]


def share(work, shape, kind, must, aim, args, quick=False):
    return Row(work, shape, kind, must, aim, lambda machine, path: machine.share(path, args), quick)


def ratio(work, shape, kind, must, aim, args, base, quick=False):
    return Row(work, shape, kind, must, aim, lambda machine, path: machine.ratio(path, args, base), quick, unit="x")


def decode_rows():
    rows = [share("decode, empty context", "24b", "q4_k_m", 0.90, 0.95, DECODE)]
    for shape, kind in [("24b", "q4_0"), ("8b", "q4_k_m"), ("1.2b", "q4_k_m"), ("1.2b", "q4_0"), ("1.2b", "q8_0"),
                        ("350m", "q4_k_m")]:
        rows.append(share("decode, empty context", shape, kind, 0.88, 0.95, DECODE, quick=shape in ("1.2b", "350m")))
    for depth, must, aim in [(4096, 0.90, 0.94), (16384, 0.72, 0.80)]:
        rows.append(ratio(f"decode at {depth:,} tokens, of its empty-context speed", "24b", "q4_k_m", must, aim,
                          [*DECODE, "-d", str(depth)], DECODE))
    return rows


def prefill_rows():
    rows = [share("prefill pp512", "24b", "q4_k_m", 0.34, 0.48, ["-p", "512", "-n", "0"]),
            share("prefill pp2048", "24b", "q4_k_m", 0.50, 0.65, ["-p", "2048", "-n", "0"])]
    for kind in ("q4_k_m", "q4_0", "q8_0", "f16", "bf16"):
        floats = kind in ("f16", "bf16")
        rows.append(share("prefill pp512", "1.2b", kind, 0.45 if floats else 0.55, 0.65 if floats else 0.72,
                          ["-p", "512", "-n", "0"], quick=not floats))
    return rows


def together_rows():
    return [ratio(f"{n} sequences decoding together, of one's speed", "24b", "q4_k_m", must, aim,
                  [*DECODE, "-np", str(n)], DECODE) for n, must, aim in [(4, 1.3, 1.45), (32, 2.6, 3.1)]]


def other_format_rows():
    rows = []
    for kind in ("f32", "f16", "bf16", "q2_k", "q3_k", "q4_1", "q4_k", "q5_0", "q5_1", "q5_k", "q6_k", "iq4_nl",
                 "iq4_xs", "mxfp4"):
        rows.append(share("other formats: decode", "1.2b", kind, 0.75, None, DECODE))
        if kind not in ("f16", "bf16"):
            rows.append(share("other formats: prefill pp512", "1.2b", kind, 0.30, None, ["-p", "512", "-n", "0"]))
    return rows


def all_rows():
    """In the table's order, those of one file together, since a file takes its time to make."""
    avx2 = ["--cpu", "avx2"]
    rows = [
        *decode_rows(), *prefill_rows(), *together_rows(),
        Row("resident memory at 4K context, of the file", "24b", "q4_k_m", 1.05, 1.02,
            lambda machine, path: machine.memory(path), less_is_better=True, unit="x"),
        Row("first token, warm page cache, 16-token prompt", "24b", "q4_k_m", 1.5, 1.0,
            lambda machine, path: machine.first_token(path), less_is_better=True, unit="s"),
        share("decode, --cpu avx2", "24b", "q4_k_m", 0.70, 0.80, [*DECODE, *avx2]),
        share("prefill pp2048, --cpu avx2", "24b", "q4_k_m", 0.50, 0.65, ["-p", "2048", "-n", "0", *avx2]),
        *other_format_rows(),
    ]
    files = list(dict.fromkeys(row.file for row in rows))
    return sorted(rows, key=lambda row: files.index(row.file))
