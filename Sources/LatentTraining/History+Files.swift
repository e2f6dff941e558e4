import LatentData

extension History {
  /// A table with a line for each epoch: its number, losses in nats per example, seconds, examples per second, learning
  /// rate, and the weights' digest in hexadecimal digits. Numbers are written so that reading them gives the same doubles
  /// back; without a validation part its columns stay empty.
  public var csv: String {
    let names = epochs.first?.training.parts.map(\.name) ?? []
    let lines = epochs.map { record in
      let training = [record.training.total] + record.training.parts.map(\.value)
      let validation: [Double?] =
        record.validation.map { [$0.total] + $0.parts.map(\.value) } ?? Array(repeating: nil, count: names.count + 1)
      return
        (["\(record.epoch)"] + training.map { "\($0)" } + validation.map { $0.map { "\($0)" } ?? "" }
        + record.rates.map { "\($0)" } + [record.weightsDigest.map { Hexadecimal.text($0) } ?? ""])
        .joined(separator: ",")
    }
    return ([History.columns(names).joined(separator: ",")] + lines).joined(separator: "\n") + "\n"
  }

  /// The history of a table that ``csv`` wrote, with or without digests; nil for any other text.
  public init?(csv: String) {
    self.init()
    let lines = csv.split(separator: "\n")
    guard let head = lines.first?.split(separator: ",").map(String.init) else { return nil }
    let names = head.dropFirst(2).prefix { $0.hasPrefix("train_") && $0 != "train_seconds" }.map {
      String($0.dropFirst(6))
    }
    let hasDigests = head.last == History.digestColumn
    guard head == (hasDigests ? History.columns(names) : History.columns(names).dropLast()) else { return nil }
    let count = names.count + 1
    func losses(_ values: [Double?]) -> Losses? {
      let numbers = values.compactMap { $0 }
      guard numbers.count == count else { return nil }
      return Losses(total: numbers[0], parts: zip(names, numbers.dropFirst()).map { ($0, $1) })
    }
    for line in lines.dropFirst() {
      let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard cells.count == head.count, let epoch = Int(cells[0]) else { return nil }
      let values = cells.dropFirst().dropLast(hasDigests ? 1 : 0).map { Double($0) }
      guard let training = losses(Array(values[0..<count])) else { return nil }
      let rates = values[(2 * count)...].compactMap { $0 }
      guard rates.count == 4 else { return nil }
      let digest = hasDigests ? cells.last! : ""
      guard digest.isEmpty || Hexadecimal.number(digest) != nil else { return nil }
      append(
        EpochRecord(
          epoch: epoch, training: training, validation: losses(Array(values[count..<2 * count])),
          trainingSeconds: rates[0], validationSeconds: rates[1], examplesPerSecond: rates[2], learningRate: rates[3],
          weightsDigest: Hexadecimal.number(digest)))
    }
  }

  private static func columns(_ names: [String]) -> [String] {
    ["epoch"] + ["train", "validation"].flatMap { part in (["loss"] + names).map { "\(part)_\($0)" } }
      + ["train_seconds", "validation_seconds", "examples_per_second", "learning_rate", digestColumn]
  }

  private static let digestColumn = "weights_xxh64"

  /// A line of JSON for each epoch, with the numbers of ``csv``; what is not finite is null (JSON Lines).
  public var jsonLines: String {
    epochs.map { record in
      func number(_ value: Double) -> String { value.isFinite ? "\(value)" : "null" }
      func losses(_ losses: Losses?) -> String {
        guard let losses else { return "null" }
        let members = [("loss", losses.total)] + losses.parts.map { ($0.name, $0.value) }
        return "{" + members.map { "\(JSONText.quoted($0.0)):\(number($0.1))" }.joined(separator: ",") + "}"
      }
      let rates = zip(["train_seconds", "validation_seconds", "examples_per_second", "learning_rate"], record.rates)
      return "{\"epoch\":\(record.epoch),\"train\":\(losses(record.training)),"
        + "\"validation\":\(losses(record.validation)),"
        + rates.map { "\"\($0)\":\(number($1))" }.joined(separator: ",") + ",\"\(History.digestColumn)\":"
        + (record.weightsDigest.map { JSONText.quoted(Hexadecimal.text($0)) } ?? "null") + "}\n"
    }.joined()
  }
}

extension EpochRecord {
  fileprivate var rates: [Double] { [trainingSeconds, validationSeconds, examplesPerSecond, learningRate] }
}
