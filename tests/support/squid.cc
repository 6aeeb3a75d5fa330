#include "tests/support/squid.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>

namespace llmgw::test {
namespace {

constexpr char kProgram[] = "/usr/sbin/squid";
constexpr char kPasswordChecker[] = "/usr/lib/squid/basic_ncsa_auth";

// Squid takes no port 0. All of 127.0.0.0/8 is loopback: an address made of our process id is ours
// alone, so a port that is free there stays free until squid has it.
std::string OwnLoopbackAddress() {
  const int id = getpid();
  return "127." + std::to_string(1 + (id >> 16) % 250) + "." + std::to_string((id >> 8) % 256) +
         "." + std::to_string(1 + id % 250);
}

int FreePort(const std::string& host) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  inet_pton(AF_INET, host.c_str(), &address.sin_addr);
  socklen_t size = sizeof address;
  const bool found = bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  close(fd);
  if (!found) throw std::runtime_error("no free port on " + host);
  return ntohs(address.sin_port);
}

}  // namespace

bool Squid::Installed() {
  return access(kProgram, X_OK) == 0 && access(kPasswordChecker, X_OK) == 0;
}

Squid::Squid(const std::string& user, const std::string& password)
    : host_(OwnLoopbackAddress()), port_(FreePort(host_)) {
  // Started by root it goes on as another user, who must be able to read its files.
  std::filesystem::permissions(folder_.path(), std::filesystem::perms(0755));
  const Finished hashed = RunToEnd({.program = "openssl",
                                    .args = {"passwd", "-apr1", "-stdin"},
                                    .env = {},
                                    .input = password + "\n"});
  const std::string passwords = folder_.Write("passwords", user + ":" + hashed.standard_output);
  std::filesystem::permissions(passwords, std::filesystem::perms(0644));
  const std::string configuration = folder_.Write("squid.conf", Configuration());
  process_ = std::make_unique<Process>(Command{
      .program = kProgram, .args = {"-N", "-d", "1", "-f", configuration}, .env = {}, .input = {}});
  if (!process_->WaitForOutput("Accepting HTTP Socket connections")) {
    throw std::runtime_error("squid does not start:\n" + process_->output());
  }
}

std::string Squid::Configuration() const {
  return "http_port " + host_ + ":" + std::to_string(port_) +
         "\n"
         "pid_filename none\n"
         "cache_log stdio:/dev/stderr\n"
         "access_log none\n"
         "cache_store_log none\n"
         "cache deny all\n"
         "cache_mem 8 MB\n"
         "netdb_filename none\n"
         "pinger_enable off\n"
         "coredump_dir none\n"
         "visible_hostname squid.test\n"
         "shutdown_lifetime 0 seconds\n"
         "connect_timeout 2 seconds\n"
         "auth_param basic program " +
         std::string(kPasswordChecker) + " " + (folder_.path() / "passwords").string() +
         "\n"
         "auth_param basic children 1\n"
         "acl known proxy_auth REQUIRED\n"
         "http_access allow known\n"
         "http_access deny all\n";
}

}  // namespace llmgw::test
