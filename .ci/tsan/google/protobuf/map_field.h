// Found before the real one in the ThreadSanitizer build. The real header gives a class of map
// fields two members more where it sees that sanitizer; Debian's libprotobuf was compiled without
// them, so the two would disagree on where everything lies.
#pragma once

#pragma push_macro("__SANITIZE_THREAD__")
#undef __SANITIZE_THREAD__
#include_next <google/protobuf/map_field.h>
#pragma pop_macro("__SANITIZE_THREAD__")
