#include "dataplane/record/digest/stream_digest.h"
