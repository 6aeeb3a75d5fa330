#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "dataplane/forward/rate_limit_headers.h"
#include "dataplane/net/http1/header.h"

namespace llmgw::forward {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using Wait = std::optional<milliseconds>;

// Longer waits than that are as good as for ever.
constexpr double kMostMilliseconds = 1e12;
// Numbers from here on are points in time: seconds since 1970 from 2001 on, milliseconds from 1973.
constexpr double kFirstEpochSecond = 1e9;
constexpr double kFirstEpochMillisecond = 1e11;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

Wait FromMilliseconds(double value) {
  if (!(value > 0)) return milliseconds(0);
  return milliseconds(static_cast<int64_t>(std::ceil(std::min(value, kMostMilliseconds))));
}

// In milliseconds: the clock's own unit does not reach the year 9999.
Wait Until(std::chrono::sys_seconds then, WallTime now) {
  const auto left =
      milliseconds(then.time_since_epoch()) - duration_cast<milliseconds>(now.time_since_epoch());
  return std::max(left, milliseconds(0));
}

// Digits with an optional fraction, taken off the front.
std::optional<double> TakeNumber(std::string_view& text) {
  size_t end = 0;
  while (end < text.size() && IsDigit(text[end])) ++end;
  if (end == 0) return std::nullopt;
  if (end < text.size() && text[end] == '.') {
    ++end;
    while (end < text.size() && IsDigit(text[end])) ++end;
  }
  double number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + end, number);
  if (parsed.ec != std::errc()) return std::nullopt;
  text.remove_prefix(end);
  return number;
}

Wait FromNumber(double number, WallTime now) {
  if (number < kFirstEpochSecond) return FromMilliseconds(number * 1000);
  const double since_1970 = number < kFirstEpochMillisecond ? number * 1000 : number;
  const auto now_ms =
      static_cast<double>(duration_cast<milliseconds>(now.time_since_epoch()).count());
  return FromMilliseconds(since_1970 - now_ms);
}

// The milliseconds of the unit that begins `text`, taken off it; 0 when there is none.
double TakeUnit(std::string_view& text) {
  struct Unit {
    std::string_view name;
    double milliseconds;
  };
  static constexpr std::array<Unit, 9> kUnits{{{"ms", 1},
                                               {"us", 1e-3},
                                               {"\xC2\xB5s", 1e-3},
                                               {"\xCE\xBCs", 1e-3},
                                               {"ns", 1e-6},
                                               {"d", 86'400'000},
                                               {"h", 3'600'000},
                                               {"m", 60'000},
                                               {"s", 1000}}};
  for (const Unit& unit : kUnits) {
    if (!text.starts_with(unit.name)) continue;
    text.remove_prefix(unit.name.size());
    return unit.milliseconds;
  }
  return 0;
}

// Numbers with units: `text` begins with the unit of `number`.
Wait FromDuration(double number, std::string_view text) {
  double sum = 0;
  while (true) {
    const double unit = TakeUnit(text);
    if (unit == 0) return std::nullopt;
    sum += number * unit;
    if (text.empty()) return FromMilliseconds(sum);
    const auto next = TakeNumber(text);
    if (!next) return std::nullopt;
    number = *next;
  }
}

// A calendar's point in time, read field by field. Every Take… is nothing but a step to the right.
class DateReader {
 public:
  explicit DateReader(std::string_view text) : text_(text) {}

  bool ok() const { return ok_; }
  bool at_end() const { return text_.empty(); }
  char next() const { return text_.empty() ? '\0' : text_.front(); }

  void Expect(std::string_view exact) {
    if (text_.starts_with(exact)) {
      text_.remove_prefix(exact.size());
    } else {
      ok_ = false;
    }
  }
  int Digits(size_t count) {
    int value = 0;
    for (size_t i = 0; i < count; ++i) {
      if (text_.empty() || !IsDigit(text_.front())) {
        ok_ = false;
        return 0;
      }
      value = value * 10 + (text_.front() - '0');
      text_.remove_prefix(1);
    }
    return value;
  }
  void SkipTo(std::string_view mark) {
    const size_t at = text_.find(mark);
    if (at == std::string_view::npos) {
      ok_ = false;
    } else {
      text_.remove_prefix(at + mark.size());
    }
  }
  int Month() {
    static constexpr std::array<std::string_view, 12> kMonths{
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    for (size_t i = 0; i < kMonths.size(); ++i) {
      if (!text_.starts_with(kMonths[i])) continue;
      text_.remove_prefix(3);
      return static_cast<int>(i) + 1;
    }
    ok_ = false;
    return 1;
  }
  void Time(int& hour, int& minute, int& second) {
    hour = Digits(2);
    Expect(":");
    minute = Digits(2);
    Expect(":");
    second = Digits(2);
  }

 private:
  std::string_view text_;
  bool ok_ = true;
};

struct Calendar {
  int year = 1970;
  int month = 1;
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
};

std::optional<std::chrono::sys_seconds> PointOf(const Calendar& c) {
  using namespace std::chrono;
  const year_month_day date{year(c.year), month(static_cast<unsigned>(c.month)),
                            day(static_cast<unsigned>(c.day))};
  // 60 is a leap second.
  if (!date.ok() || c.hour > 23 || c.minute > 59 || c.second > 60) return std::nullopt;
  return sys_days(date) + hours(c.hour) + minutes(c.minute) + seconds(c.second);
}

// "2025-11-21T00:00:00.5+01:00"
Wait FromRfc3339(std::string_view text, WallTime now) {
  DateReader in(text);
  Calendar c;
  c.year = in.Digits(4);
  in.Expect("-");
  c.month = in.Digits(2);
  in.Expect("-");
  c.day = in.Digits(2);
  if (in.next() != 'T' && in.next() != 't' && in.next() != ' ') return std::nullopt;
  in.Expect(std::string_view(text).substr(10, 1));
  in.Time(c.hour, c.minute, c.second);
  if (in.next() == '.') {
    in.Expect(".");
    in.Digits(1);
    while (IsDigit(in.next())) in.Digits(1);
  }
  int offset = 0;
  if (in.next() == 'Z' || in.next() == 'z') {
    in.Expect(in.next() == 'Z' ? "Z" : "z");
  } else {
    const bool east = in.next() == '+';
    in.Expect(east ? "+" : "-");
    offset = in.Digits(2) * 60;
    in.Expect(":");
    offset += in.Digits(2);
    if (!east) offset = -offset;
  }
  const auto point = PointOf(c);
  if (!in.ok() || !in.at_end() || !point) return std::nullopt;
  return Until(*point - std::chrono::minutes(offset), now);
}

// "Fri, 21 Nov 2025 00:00:00 GMT", "Friday, 21-Nov-25 00:00:00 GMT"
Wait FromHttpDate(std::string_view text, WallTime now) {
  DateReader in(text);
  Calendar c;
  in.SkipTo(", ");
  c.day = in.Digits(2);
  const bool obsolete = in.next() == '-';
  in.Expect(obsolete ? "-" : " ");
  c.month = in.Month();
  in.Expect(obsolete ? "-" : " ");
  // RFC 9110 5.6.7: two digits mean the century that is not more than 50 years ahead; nobody means
  // the last one.
  c.year = obsolete ? 2000 + in.Digits(2) : in.Digits(4);
  in.Expect(" ");
  in.Time(c.hour, c.minute, c.second);
  in.Expect(" GMT");
  const auto point = PointOf(c);
  if (!in.ok() || !in.at_end() || !point) return std::nullopt;
  return Until(*point, now);
}

// "Fri Nov 21 00:00:00 2025": C's asctime()
Wait FromAsctime(std::string_view text, WallTime now) {
  DateReader in(text);
  Calendar c;
  in.SkipTo(" ");
  c.month = in.Month();
  in.Expect(" ");
  if (in.next() == ' ') {
    in.Expect(" ");
    c.day = in.Digits(1);
  } else {
    c.day = in.Digits(2);
  }
  in.Expect(" ");
  in.Time(c.hour, c.minute, c.second);
  in.Expect(" ");
  c.year = in.Digits(4);
  const auto point = PointOf(c);
  if (!in.ok() || !in.at_end() || !point) return std::nullopt;
  return Until(*point, now);
}

}  // namespace

Wait ParseWait(std::string_view value, WallTime now) {
  constexpr size_t kLongest = 64;
  if (value.empty() || value.size() > kLongest) return std::nullopt;
  if (!IsDigit(value.front())) {
    return value.find(',') != std::string_view::npos ? FromHttpDate(value, now)
                                                     : FromAsctime(value, now);
  }
  if (value.size() >= 20 && value[4] == '-') return FromRfc3339(value, now);
  std::string_view rest = value;
  const auto number = TakeNumber(rest);
  if (!number) return std::nullopt;
  return rest.empty() ? FromNumber(*number, now) : FromDuration(*number, rest);
}

}  // namespace llmgw::forward
