#include "dataplane/record/digest/usage_reader.h"
