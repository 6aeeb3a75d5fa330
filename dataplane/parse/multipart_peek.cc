#include "dataplane/parse/multipart_peek.h"
