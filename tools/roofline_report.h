// Results of freshet bench --roofline as text.
#pragma once

#include <freshet/roofline.h>

#include <string>

namespace freshet {

/// "lfm2moe 24B.A2B Q4_K - Medium"
std::string model_type(const ModelInfo& model, int64_t file_type);

/// Averages per pass as a table, with a bar for each operation that is as long as its time and dark
/// for the part that the machine needs at its roof.
std::string roofline_table(const Roofline& roofline);

/// Sums over all passes as a JSON object on one line. Speeds are in bytes or multiply-adds per
/// second.
std::string roofline_json(const Roofline& roofline);

}  // namespace freshet
