#include "dataplane/parse/body_peek.h"
