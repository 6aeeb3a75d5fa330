#include "dataplane/net/http1/head.h"
