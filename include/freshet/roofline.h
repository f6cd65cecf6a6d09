// Where the time of a forward pass goes, and how near each of its operations is to what the machine
// can do.
#pragma once

#include <freshet/bench.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace freshet {

/// One operation, over all layers, passes and repetitions. Bytes are those of weights by their
/// formats (of experts, those that rows were routed to), norms, keys, values and convolution state;
/// activations are not counted. Multiply-adds are those of the rows given or routed.
struct RooflineOperation {
  std::string name;  ///< "expert_gate_up"; the last is "rest": what lies between the operations
  uint64_t calls = 0;
  uint64_t bytes = 0;
  uint64_t byte_products = 0;   ///< multiply-adds of bytes: quantised weights
  uint64_t float_products = 0;  ///< multiply-adds of floats: F32, F16, BF16; attention; taps
  double seconds = 0;
  /// What the machine would need: for the bytes or for the multiply-adds, whichever is more.
  double roof_seconds = 0;
  /// Which of the two it is (kRead, kByteProducts or kFloatProducts); nothing of an operation that
  /// did not occur, and of the rest.
  std::optional<RoofKind> bound = {};
};

struct Roofline {
  BenchTest test;
  ModelInfo model;
  EngineSetup setup;
  int64_t file_type = -1;  ///< general.file_type, see file_type_name(); -1 if there is none
  uint64_t passes = 0;     ///< forward passes timed, of all repetitions
  double seconds = 0;      ///< in all
  double read_roof = 0;    ///< bytes per second, the median of what was measured; likewise:
  double byte_roof = 0;    ///< multiply-adds of bytes
  double float_roof = 0;   ///< multiply-adds of floats
  std::vector<RooflineOperation> operations = {};  ///< in the order of a pass, then the rest
};

/// Opens the model (the one in the box if `model` is empty) and runs the test with a clock at every
/// operation. Roofs are measured before and after each repetition. Throws Error like Engine::open
/// and run_bench, {kUsage} for a test that both reads a prompt and writes.
[[nodiscard]] Roofline measure_roofline(const std::string& model, const EngineOptions& engine,
                                        const BenchTest& test, const BenchOptions& options = {});

}  // namespace freshet
