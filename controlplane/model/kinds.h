#pragma once

// Kinds of resources, as ResourceRef.kind, rows and audit entries write them.
namespace llmgw::controlplane::model {

inline constexpr char kUpstream[] = "upstream";
inline constexpr char kRoute[] = "route";
inline constexpr char kClientKey[] = "client_key";
inline constexpr char kLevel[] = "level";

}  // namespace llmgw::controlplane::model
