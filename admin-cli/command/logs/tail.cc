#include "admin-cli/command/logs/tail.h"

#include <google/protobuf/util/time_util.h>  // compares timestamps

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>

#include "admin-cli/app/factory.h"
#include "admin-cli/client/admin_client.h"
#include "admin-cli/command/logs/record_line.h"
#include "admin-cli/output/human.h"
#include "admin-cli/output/safe_text.h"
#include "llmgw/admin/v1/log_service.grpc.pb.h"
#include "llmgw/admin/v1/system_service.grpc.pb.h"

namespace llmgw::admin_cli::logs {
namespace {

using admin::v1::GetStatusRequest;
using admin::v1::LogService;
using admin::v1::StatusService;
using admin::v1::TailLogsRequest;
using google::protobuf::Timestamp;
using usage::v1::RequestRecord;

constexpr char kExamples[] =
    "llmctl logs tail\n"
    "llmctl logs tail --errors\n"
    "llmctl logs tail --key my-app --last 100 -o json | jq -r .request_id";

constexpr std::chrono::milliseconds kFirstPause{250};
constexpr std::chrono::milliseconds kLongestPause{5'000};
// After a reconnect records are asked for from a little before the last one shown, because they
// reach the store out of order; what was shown already is known by its id.
constexpr int64_t kOverlapSeconds = 60;
constexpr size_t kRemembered = 10'000;

// One line of aligned columns as far as that goes without knowing what comes.
std::string Line(const std::vector<Cell>& cells, bool color) {
  static constexpr size_t kWidths[] = {19, 6, 20, 24, 12, 12, 8, 8, 9, 20, 0};
  std::string line;
  size_t column = 0;
  for (const Cell& cell : cells) {
    const std::string text = cell.text.empty() ? "-" : SafeText(cell.text);
    line += Colored(text, cell.tone, color);
    const size_t width = kWidths[std::min<size_t>(column++, std::size(kWidths) - 1)];
    line += std::string(text.size() < width ? width - text.size() + 2 : 2, ' ');
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

class Tail {
 public:
  Tail(const TailOptions& options, Factory& factory, AdminClient& client,
       admin::v1::LogFilter filter)
      : options_(options), factory_(factory), client_(client), keys_(client) {
    *request_.mutable_filter() = std::move(filter);
    request_.set_last(options.last);
  }

  Result<ExitCode> Run() {
    auto pause = kFirstPause;
    while (true) {
      const size_t before = shown_;
      Error ended = FollowOnce();
      if (factory_.interrupts().triggered()) return ExitCode::kInterrupted;
      if (!factory_.io().out) return ExitCode::kOk;  // the reader left
      if (!connected_once_ || !IsPassing(ended.kind)) return Fail(std::move(ended));
      if (shown_ != before) pause = kFirstPause;
      if (!away_) {
        factory_.Note("the controlplane went away; trying again (Ctrl-C to leave)");
        away_ = true;
      }
      if (!Sleep(pause)) return ExitCode::kInterrupted;
      pause = std::min(pause * 2, kLongestPause);
      ResumeAfterLast();
    }
  }

 private:
  static bool IsPassing(ErrorKind kind) {
    return kind == ErrorKind::kUnavailable || kind == ErrorKind::kDeadlineExceeded;
  }

  // Reads until the stream ends; returns why it did.
  Error FollowOnce() {
    // A quiet stream looks like one that never began; a short call tells them apart, and a wrong
    // token too.
    auto status = client_.Call(&StatusService::Stub::GetStatus, GetStatusRequest());
    if (!status) return status.error();
    connected_once_ = true;
    if (away_) factory_.Note("connected again");
    away_ = false;

    grpc::ClientContext context;
    client_.Prepare(context);
    Interrupts::Scope scope(factory_.interrupts(), [&context] { context.TryCancel(); });
    LogService::Stub stub(client_.channel());
    auto reader = stub.TailLogs(&context, request_);
    RequestRecord record;
    while (reader->Read(&record)) {
      Take(record);
      if (!factory_.io().out) context.TryCancel();
    }
    const grpc::Status end = reader->Finish();
    // A controlplane that stops may end its streams well.
    return end.ok() ? Unavailable("the controlplane ended the stream")
                    : client_.Explain(end, context);
  }

  void Take(const RequestRecord& record) {
    if (!seen_.insert(record.request_id()).second) return;
    order_.push_back(record.request_id());
    if (order_.size() > kRemembered) {
      seen_.erase(order_.front());
      order_.pop_front();
    }
    if (newest_ < record.time()) newest_ = record.time();
    ++shown_;
    if (options_.filter.errors && !IsError(record)) return;
    Show(record);
  }

  void Show(const RequestRecord& record) {
    IoStreams& io = factory_.io();
    switch (factory_.globals().format) {
      case Format::kTable:
        if (!header_shown_) {
          const std::vector<std::string> names = RecordHeader();
          io.out << Line({names.begin(), names.end()}, /*color=*/false) << '\n';
          header_shown_ = true;
        }
        io.out << Line(RecordCells(record, keys_), io.color) << std::endl;
        return;
      case Format::kJson:  // one document per line, for what reads it as it comes
        io.out << ToDocument(record).dump(-1, ' ', false, Json::error_handler_t::replace)
               << std::endl;
        return;
      case Format::kYaml:
        io.out << "---\n" << ToYaml(ToDocument(record)) << std::flush;
        return;
    }
  }

  void ResumeAfterLast() {
    if (shown_ == 0) return;
    Timestamp from = newest_;
    from.set_seconds(from.seconds() - kOverlapSeconds);
    if (!request_.filter().has_since() || request_.filter().since() < from) {
      *request_.mutable_filter()->mutable_since() = from;
    }
    request_.set_last(1000);  // the most; older ones that were shown are dropped by their id
  }

  // False when interrupted.
  bool Sleep(std::chrono::milliseconds pause) {
    std::mutex mutex;
    std::condition_variable woken;
    bool stop = false;
    Interrupts::Scope scope(factory_.interrupts(), [&] {
      std::lock_guard lock(mutex);
      stop = true;
      woken.notify_all();
    });
    std::unique_lock lock(mutex);
    return !woken.wait_for(lock, pause, [&] { return stop; });
  }

  const TailOptions& options_;
  Factory& factory_;
  AdminClient& client_;
  KeyNames keys_;
  TailLogsRequest request_;
  std::set<std::string> seen_;
  std::deque<std::string> order_;  // of seen_, oldest first
  Timestamp newest_;
  size_t shown_ = 0;
  bool connected_once_ = false;
  bool header_shown_ = false;
  bool away_ = false;
};

}  // namespace

Result<ExitCode> RunTail(const TailOptions& options, Factory& factory) {
  TRY_ASSIGN(auto filter, ToFilter(options.filter, factory.Now()));
  TRY_ASSIGN(AdminClient * client, factory.Admin());
  return Tail(options, factory, *client, std::move(filter)).Run();
}

void BuildTail(CLI::App& noun, CommandContext context, Runner<TailOptions> run) {
  CLI::App* command = AddCommand(
      noun, "tail", "Requests as they come, until Ctrl-C; survives reconnects", kExamples);
  auto options = SelectInto<TailOptions>(command, context, std::move(run));
  AddFilterFlags(command, options->filter);
  command->add_option("--last", options->last, "Older ones to begin with, 0 to 1000 (default 10)")
      ->check(CLI::Range(0, 1000))
      ->type_name("N");
  command->add_flag("-f,--follow", options->follow, "Always on");
}

}  // namespace llmgw::admin_cli::logs
