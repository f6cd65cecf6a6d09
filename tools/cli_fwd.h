// The command line's parser by name alone: its headers take seconds to compile.
#pragma once

namespace CLI {
class App;
}
