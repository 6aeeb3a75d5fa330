#include "dataplane/net/tls_certificate.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <ctime>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "dataplane/net/fd.h"

namespace llmgw::net {
namespace {

constexpr char kCertificateField[] = "tls-cert";
constexpr char kKeyField[] = "tls-key";
// Far beyond any chain; keeps a mistaken path from filling the memory.
constexpr size_t kMostFileBytes = 4 << 20;

struct FileText {
  std::string text;
  mode_t mode = 0;
  FileText() = default;
  FileText(FileText&&) = default;
  FileText& operator=(FileText&&) = default;
  ~FileText() { OPENSSL_cleanse(text.data(), text.size()); }  // it may be a key
};

Result<FileText> ReadWhole(const std::string& field, const std::string& file) {
  const auto fail = [&](const std::string& why) -> Result<FileText> {
    return Fail(InvalidArgument(field, "can't read " + file + ": " + why));
  };
  const Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.valid()) return fail(std::strerror(errno));
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return fail(std::strerror(errno));
  if (!S_ISREG(info.st_mode)) return fail("it is not a file");
  FileText out;
  out.mode = info.st_mode;
  out.text.reserve(static_cast<size_t>(info.st_size) + 1);
  std::array<char, 16 * 1024> piece;
  while (true) {
    const ssize_t n = ::read(fd.get(), piece.data(), piece.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail(std::strerror(errno));
    if (n == 0) break;
    out.text.append(piece.data(), static_cast<size_t>(n));
    if (out.text.size() > kMostFileBytes) return fail("it is too large for PEM");
  }
  OPENSSL_cleanse(piece.data(), piece.size());
  return out;
}

// After the last block of a sound file OpenSSL complains of nothing but that there is no other.
bool EndedInOrder() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  return code == 0 ||
         (ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE);
}

Result<std::vector<X509Handle>> ParseCertificates(const std::string& field, const std::string& file,
                                                  const std::string& pem) {
  const BioHandle bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  std::vector<X509Handle> out;
  ERR_clear_error();
  while (X509* certificate = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    out.emplace_back(certificate);
  }
  const bool in_order = EndedInOrder();
  if (!in_order) {
    return Fail(InvalidArgument(
        field, "certificate " + std::to_string(out.size() + 1) + " in " + file + " is damaged"));
  }
  if (out.empty()) {
    return Fail(
        InvalidArgument(field, file + " has no PEM certificate (-----BEGIN CERTIFICATE-----)"));
  }
  return out;
}

int NoPassphrase(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

Result<KeyHandle> LoadKey(const std::string& file, std::vector<std::string>& warnings) {
  TRY_ASSIGN(const FileText text, ReadWhole(kKeyField, file));
  if ((text.mode & (S_IRWXG | S_IRWXO)) != 0) {
    std::array<char, 8> mode{};
    std::snprintf(mode.data(), mode.size(), "%04o", text.mode & 07777U);
    warnings.push_back("the key file " + file + " is open to others (mode " + mode.data() +
                       "): chmod 600 it");
  }
  const BioHandle bio(BIO_new_mem_buf(text.text.data(), static_cast<int>(text.text.size())));
  bool encrypted = false;
  KeyHandle key(PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassphrase, &encrypted));
  ERR_clear_error();
  if (key != nullptr) return key;
  if (encrypted) {
    return Fail(InvalidArgument(
        kKeyField, "the key in " + file + " is encrypted; give one without a passphrase"));
  }
  if (text.text.find("PRIVATE KEY-----") == std::string::npos) {
    return Fail(
        InvalidArgument(kKeyField, file + " has no PEM private key (-----BEGIN PRIVATE KEY-----)"));
  }
  return Fail(InvalidArgument(kKeyField, "the private key in " + file + " is damaged"));
}

std::vector<std::string> DnsNames(X509* certificate) {
  std::vector<std::string> names;
  auto* all = static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(all); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(all, i);
    if (name->type != GEN_DNS) continue;
    std::string text(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                     static_cast<size_t>(ASN1_STRING_length(name->d.dNSName)));
    // A zero byte would make two readers see two names.
    if (!text.empty() && text.find('\0') == std::string::npos) names.push_back(std::move(text));
  }
  GENERAL_NAMES_free(all);
  return names;
}

std::chrono::system_clock::time_point ToTime(const ASN1_TIME* time) {
  tm parts{};
  ASN1_TIME_to_tm(time, &parts);
  return std::chrono::system_clock::from_time_t(::timegm(&parts));
}

std::string DateText(const ASN1_TIME* time) {
  tm parts{};
  ASN1_TIME_to_tm(time, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M UTC", &parts);
  return text.data();
}

void CheckTimes(X509* leaf, const std::string& file, std::vector<std::string>& warnings) {
  const ASN1_TIME* until = X509_get0_notAfter(leaf);
  const ASN1_TIME* from = X509_get0_notBefore(leaf);
  if (X509_cmp_current_time(until) < 0) {
    warnings.push_back("the certificate in " + file + " has expired on " + DateText(until) +
                       ": clients will refuse it");
  }
  if (X509_cmp_current_time(from) > 0) {
    warnings.push_back("the certificate in " + file + " is not valid before " + DateText(from) +
                       ": clients will refuse it until then");
  }
}

}  // namespace

Result<std::vector<X509Handle>> LoadPemCertificates(const std::string& field,
                                                    const std::string& file, std::string* pem) {
  TRY_ASSIGN(FileText text, ReadWhole(field, file));
  TRY_ASSIGN(std::vector<X509Handle> out, ParseCertificates(field, file, text.text));
  if (pem != nullptr) *pem = text.text;
  return out;
}

Result<TlsCertificate> LoadTlsCertificate(const std::string& chain_file,
                                          const std::string& key_file) {
  TlsCertificate out;
  TRY_ASSIGN(out.chain, LoadPemCertificates(kCertificateField, chain_file));
  out.leaf = std::move(out.chain.front());
  out.chain.erase(out.chain.begin());
  TRY_ASSIGN(out.key, LoadKey(key_file, out.warnings));
  const bool match = X509_check_private_key(out.leaf.get(), out.key.get()) == 1;
  ERR_clear_error();
  if (!match) {
    return Fail(InvalidArgument(
        kKeyField,
        "the key in " + key_file + " does not belong to the first certificate in " + chain_file));
  }
  out.names = DnsNames(out.leaf.get());
  out.expires = ToTime(X509_get0_notAfter(out.leaf.get()));
  CheckTimes(out.leaf.get(), chain_file, out.warnings);
  return out;
}

}  // namespace llmgw::net
