"""Tests of the script, without measuring: run.py --self-test."""

import unittest
import xml.etree.ElementTree as xml

import plot
import rows
import run


class FakeMachine(run.Machine):
    """Answers like freshet bench."""

    def __init__(self):
        super().__init__("freshet", 1)

    def bench(self, path, args, again=False):
        alone = "-d" not in args and "-np" not in args
        return {"avg_ts": 20.0 if alone else 19.0, "stddev_ts": 0.5, "roof_kind": "read", "roof": 25e9,
                "roof_share": 0.91}


def row(must=0.9, aim=0.95, **more):
    return rows.Row("decode <1>", "24b", "q4_0", must, aim, None, **more)


class Verdicts(unittest.TestCase):
    def test_more_is_better_for_shares(self):
        self.assertEqual(row().verdict(rows.Measured(0.96, "")), "aim met")
        self.assertEqual(row().verdict(rows.Measured(0.90, "")), "met")
        self.assertEqual(row().verdict(rows.Measured(0.89, "")), "**not met**")

    def test_less_is_better_for_seconds(self):
        seconds = row(1.5, 1.0, less_is_better=True, unit="s")
        self.assertEqual(seconds.verdict(rows.Measured(1.4, "")), "met")
        self.assertEqual(seconds.verdict(rows.Measured(1.6, "")), "**not met**")
        self.assertEqual(seconds.bar_text(1.5), "1.5 s")


class Rows(unittest.TestCase):
    def test_those_of_a_file_stand_together(self):
        files = [r.file for r in rows.all_rows()]
        changes = sum(a != b for a, b in zip(files, files[1:]))
        self.assertEqual(changes + 1, len(set(files)))

    def test_shares_and_ratios_come_from_the_bench(self):
        by_work = {r.work: r for r in rows.all_rows() if r.file == "24b Q4_K_M"}
        share = by_work["decode, empty context"].measure(FakeMachine(), "f")
        self.assertEqual(share.value, 0.91)
        self.assertEqual(share.text, "20.0 ± 0.5 tok/s, 91.0 % of 25.0 GB/s")
        ratio = by_work["decode at 4,096 tokens, of its empty-context speed"].measure(FakeMachine(), "f")
        self.assertEqual(ratio.value, 0.95)

    def test_a_ratio_is_of_speeds_at_the_same_roof(self):
        class Moody(FakeMachine):
            roofs = iter([40e9, 26e9, 50e9])

            def bench(self, path, args, again=False):
                answer = super().bench(path, args)
                return answer if "-np" in args else {**answer, "avg_ts": 18.0, "roof": next(self.roofs)}

        ratio = Moody().ratio("f", ["-np", 4], [])
        self.assertIn("roofs 25.0 and 26.0 GB/s", ratio.text)

    def test_the_shapes_have_sizes(self):
        for r in rows.all_rows():
            self.assertGreater(run.file_bytes(r.shape, r.kind), 1e8, r.text())


class Output(unittest.TestCase):
    results = [(row(), rows.Measured(0.92, "92 % & more")), (row(), "no room"), (row(), rows.Measured(0.5, "half"))]

    def test_markdown_has_a_line_for_each_row(self):
        text = run.markdown(self.results, ["* machine: m"])
        self.assertIn("| decode <1> | 24b Q4_0 | 92 % & more | 90 % | 95 % | met |", text)
        self.assertIn("| no room | 90 % | 95 % | skipped |", text)
        self.assertIn("**not met**", text)
        self.assertTrue(text.endswith("* machine: m\n"))

    def test_the_plot_is_well_formed_and_draws_to_scale(self):
        root = xml.fromstring(plot.draw(self.results))
        space = "{http://www.w3.org/2000/svg}"
        bars = [r for r in root.iter(space + "rect") if r.get("class") in ("met", "short")]
        self.assertEqual([r.get("class") for r in bars], ["met", "short"])
        self.assertAlmostEqual(float(bars[1].get("width")), plot.BAR_WIDTH * 0.5 / 0.9 / plot.FULL, places=1)


if __name__ == "__main__":
    unittest.main()
