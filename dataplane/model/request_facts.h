#pragma once

#include <string>

namespace llmgw::model {

// What a request asks for, learnt without building a document from its body.
struct RequestFacts {
  // The `model` of a JSON or multipart body; the path when there is none (a list may name either).
  std::string model;
  bool has_model = false;
  bool stream = false;
};

}  // namespace llmgw::model
