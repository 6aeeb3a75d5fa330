#include "dataplane/net/http1/chunk_decoder.h"
