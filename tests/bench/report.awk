# Reads raw.tsv and prints the table; with -v csv=FILE writes the same, unrounded, there.
# Of each value: the median over the rounds. Of each ratio: the median over the rounds of the ratio within one round, since what else
# the machine did differs less within one. "added" is a proxy's value less the direct one of the same round.
BEGIN {
  FS = "\t"
  targets = split("llmgw nginx nginx-log haproxy direct", target, " ")
}
{
  if (!(($2, $4) in seen)) { seen[$2, $4] = 1; rows++; row_case[rows] = $2; row_metric[rows] = $4 }
  value[$1, $2, $3, $4] = $5
  if ($1 > rounds) rounds = $1
}
function Sort(list, n,   i, j, held) {
  for (i = 2; i <= n; i++) {
    held = list[i]
    for (j = i - 1; j >= 1 && list[j] > held; j--) list[j + 1] = list[j]
    list[j + 1] = held
  }
}
# Of the n entries of `list`; "" without any.
function Median(list, n) {
  if (n == 0) return ""
  Sort(list, n)
  return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
}
function IsAdded(metric) { return metric ~ /^(latency|first_chunk|chunk_delay)_/ }
# One round's value as the table means it; "" if it is not there.
function Of(round, case_name, name, metric) {
  if (!((round, case_name, name, metric) in value)) return ""
  if (!IsAdded(metric) || name == "direct" || !((round, case_name, "direct", metric) in value))
    return value[round, case_name, name, metric] + 0
  return value[round, case_name, name, metric] - value[round, case_name, "direct", metric]
}
function MedianOf(case_name, name, metric,   round, n, list, v) {
  for (round = 1; round <= rounds; round++)
    if ((v = Of(round, case_name, name, metric)) != "") list[++n] = v
  return Median(list, n + 0)
}
function Ratio(case_name, name, metric,   round, n, list, ours, theirs) {
  for (round = 1; round <= rounds; round++) {
    ours = Of(round, case_name, "llmgw", metric)
    theirs = Of(round, case_name, name, metric)
    if (ours != "" && theirs != "" && theirs > 0) list[++n] = ours / theirs
  }
  return Median(list, n + 0)
}
# Rows that are only in the CSV: they repeat others, or mean nothing where the load was not the limit.
function Hidden(case_name, metric) {
  if (case_name ~ /^memory-/) return 1
  if (metric ~ /^(answers|chunks|load_busy)$/) return 1
  if (metric ~ /^(rps|proxy_busy)$/) return case_name ~ /rate|stream|held/
  if (metric ~ /^latency/) return case_name !~ /^(chat-rate|held)$/
  if (metric ~ /p999/) return case_name !~ /^(chat-rate|held)/
  if (metric ~ /^(user|system)_us/) return case_name !~ /^(chat-c|stream)/
  if (case_name == "held-streams") return metric !~ /^chunk_delay/
  return 0
}
function Shown(v) { return v == "" ? "-" : sprintf(v >= 1000 || v <= -1000 ? "%.0f" : "%.2f", v) }
END {
  line = sprintf("%-17s %-26s %10s %10s %10s %10s %10s %8s %8s %8s", "case", "", "llmgw", "nginx", "nginx-log", "haproxy", "direct",
                 "/nginx", "/ng-log", "/haproxy")
  print line
  if (csv) print "case,metric,llmgw,nginx,nginx_log,haproxy,direct,ratio_nginx,ratio_nginx_log,ratio_haproxy" > csv
  for (r = 1; r <= rows; r++) {
    c = row_case[r]; m = row_metric[r]
    label = m
    if (IsAdded(m) && ((1, c, "direct", m) in value)) label = "added_" m
    text = sprintf("%-17s %-26s", c == last ? "" : c, label)
    record = c "," label
    for (t = 1; t <= targets; t++) {
      v = MedianOf(c, target[t], m)
      text = text sprintf(" %10s", Shown(v))
      record = record "," v
    }
    for (t = 2; t <= 4; t++) {
      v = m ~ /busy|records/ ? "" : Ratio(c, target[t], m)
      text = text sprintf(" %8s", v == "" ? "-" : sprintf("%.2f", v))
      record = record "," v
    }
    if (!Hidden(c, m)) {
      print text
      last = c
    }
    if (csv) print record > csv
  }
}
