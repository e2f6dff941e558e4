import Testing

/// What a process wrote to standard error before it ended, as exit tests observe it.
func message(_ result: ExitTest.Result?) -> String {
  result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? "no result"
}
