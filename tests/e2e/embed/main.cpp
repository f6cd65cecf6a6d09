// embed [MODEL.gguf] PROMPT: completes a prompt, with the model in the box if none is named.
#include <freshet/engine.h>
#include <freshet/generate.h>

#include <iostream>

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: embed [MODEL.gguf] PROMPT\n";
    return 2;
  }
  try {
    auto engine = argc > 2 ? freshet::Engine::open(argv[1]) : freshet::Engine::open_built_in();
    freshet::Sequence sequence = engine.new_sequence();

    freshet::GenerateOptions options;
    options.sampling.temperature = 0;  // the most likely token each time
    options.max_tokens = 32;
    options.on_text = [](std::string_view text) { std::cout << text << std::flush; };

    const auto prompt = engine.tokenizer().encode(argv[argc - 1]);
    freshet::generate(engine, sequence, prompt, options);
    std::cout << '\n';
  } catch (const freshet::Error& error) {
    std::cerr << "embed: " << error.what() << '\n';
    return 1;
  }
}
