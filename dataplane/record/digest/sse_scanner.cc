#include "dataplane/record/digest/sse_scanner.h"
