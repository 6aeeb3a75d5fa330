#include "dataplane/net/http1/head_parser.h"
