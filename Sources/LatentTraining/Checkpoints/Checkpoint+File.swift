import Latent
import LatentData
import LatentFiles

/// A checkpoint as a safetensors file: tensors under `model/`, `optimizer/`, `average/` and `callback/`, the history as
/// bytes, all else in the metadata, with a SHA-256 of both. Files of format 1, whose history is a table in the metadata,
/// are read as well.
extension Checkpoint {
  /// The file's bytes.
  public func fileBytes() -> [UInt8] {
    var parts: [SafetensorsTensor] = tensors.map { SafetensorsTensor("model/" + $0.path, $0.value) }
    parts += weightAverage?.slots.map { SafetensorsTensor("average/" + $0.name, flat: $0.values) } ?? []
    let history = progress.archivedHistory
    let names = callbacks.keys.sorted()
    var metadata = [
      "format": Self.format, "epoch": "\(progress.epoch)", "step": "\(progress.step)", "seconds": "\(progress.seconds)",
      "sums": progress.sums.text, "learning_rate": "\(learningRate)", "callbacks": CheckpointJSON.text(names),
      "history_sha256": history.sha256,
    ]
    optimizer.write(Self.optimizer, to: &metadata, &parts)
    // Where an optimizer's own count says it, as in all files of before, nothing else does.
    if steps != optimizer.step { metadata["steps"] = "\(steps)" }
    for (index, name) in optimizers.keys.sorted().enumerated() {
      let (place, saved) = (Self.named(index), optimizers[name]!)
      (metadata[place + "name"], metadata[place + "learning_rate"]) = (name, "\(saved.learningRate)")
      saved.state.write(place, to: &metadata, &parts)
    }
    metadata["average_step"] = weightAverage.map { "\($0.step)" }
    // By their numbers: a name may be the beginning of another one.
    for (index, name) in names.enumerated() {
      let state = callbacks[name]!
      for (key, number) in state.numbers { metadata["callback/\(index)/\(key)"] = "\(number)" }
      parts += state.tensors.map { SafetensorsTensor("callback/\(index)/\($0.key)", $0.value) }
    }
    for (key, value) in settings { metadata["setting/" + key] = value }
    for (key, value) in notes { metadata["note/" + key] = value }
    let epochs = SafetensorsTensor(
      Self.history, shape: [history.bytes.count], elementType: .uint8, bytes: history.bytes)
    // The history's bytes have a digest of their own, to which an epoch adds: one of all would take the longer the more
    // epochs there were.
    metadata["sha256"] = Self.digest(
      metadata,
      parts.map { ($0.name, $0.elementType, $0.shape, $0.bytes) } + [(epochs.name, .uint8, epochs.shape, [])])
    return SafetensorsFile.encode(parts + [epochs], metadata: metadata)
  }

  /// Reads a checkpoint.
  ///
  /// - Throws: ``LatentFiles/FileError`` where the file can't be read, is damaged, or is no checkpoint.
  public init(contentsOf path: String) throws(FileError) {
    try self.init(SafetensorsFile(contentsOf: path))
  }

  /// Reads a checkpoint that is in memory already.
  public init(bytes: [UInt8], name: String = "checkpoint bytes") throws(FileError) {
    try self.init(SafetensorsFile(bytes: bytes, name: name))
  }

  private static let format = "latent-checkpoint-2"
  private static let earlierFormat = "latent-checkpoint-1"
  private static let history = "history"
  /// Where the trainer's optimizer is, and those that have names.
  private static let optimizer = "optimizer"
  private static func named(_ index: Int) -> String { "optimizers/\(index)/" }

  /// Whether a file says that it is one.
  static func isCheckpoint(_ file: SafetensorsFile) -> Bool {
    [format, earlierFormat].contains(file.metadata["format"])
  }

  /// Reads a checkpoint out of a file that is in memory already.
  init(_ file: SafetensorsFile) throws(FileError) {
    let metadata = file.metadata
    func wrong(_ what: String) -> FileError { FileError(file: file.name, reason: what) }
    guard Self.isCheckpoint(file) else { throw wrong("it has no format \(Self.format)") }
    let isEarlier = metadata["format"] == Self.earlierFormat
    var history = SHA256()
    let parts = file.tensors.map { entry in
      var bytes = (try? file.rawBytes(entry.name)) ?? []
      if !isEarlier && entry.name == Self.history {
        history.update(bytes)
        bytes = []
      }
      return (entry.name, entry.elementType, entry.shape, bytes)
    }
    guard metadata["sha256"] == Self.digest(metadata, parts),
      isEarlier || metadata["history_sha256"] == history.hexDigest()
    else { throw wrong("its checksum does not match: the file is damaged") }
    try self.init(unverified: file)
  }

  /// Reads a checkpoint without a look at its checksum, which whoever wants to do harm can make: nothing may go wrong
  /// here but with an error.
  package init(unverified file: SafetensorsFile) throws(FileError) {
    let metadata = file.metadata
    func wrong(_ what: String) -> FileError { FileError(file: file.name, reason: what) }
    func text(_ key: String) throws(FileError) -> String {
      guard let value = metadata[key] else { throw wrong("it says no \(key)") }
      return value
    }
    func count(_ key: String) throws(FileError) -> Int {
      guard let value = Int(try text(key)), countable.contains(value) else { throw wrong("\(key) is no count") }
      return value
    }
    func number(_ key: String) throws(FileError) -> Double {
      guard let value = Double(try text(key)) else { throw wrong("\(key) is no number") }
      return value
    }
    progress = TrainingProgress()
    progress.epoch = try count("epoch")
    progress.step = try count("step")
    progress.seconds = try number("seconds")
    let isEarlier = metadata["format"] == Self.earlierFormat
    let found =
      isEarlier ? History(csv: try text("history")) : (try? file.rawBytes(Self.history)).flatMap(HistoryArchive.history)
    guard progress.epoch >= 1, let history = found, let sums = LossSums(try text("sums"))
    else { throw wrong("its history can't be read") }
    progress.history = history
    progress.sums = sums
    learningRate = try number("learning_rate")
    guard learningRate.isFinite, learningRate >= 0 else { throw wrong("its learning rate is \(learningRate)") }
    tensors = []
    for path in file.names(under: "model/") { tensors.append((path, try file.tensor("model/" + path))) }
    optimizer = try OptimizerState(Self.optimizer, of: file)
    optimizers = [:]
    for index in 0..<metadata.count {
      guard let name = metadata[Self.named(index) + "name"] else { break }
      let rate = try number(Self.named(index) + "learning_rate")
      guard rate.isFinite, rate >= 0 else { throw wrong("the learning rate of \(name) is \(rate)") }
      optimizers[name] = NamedState(state: try OptimizerState(Self.named(index), of: file), learningRate: rate)
    }
    steps = metadata["steps"] == nil ? optimizer.step : try count("steps")
    if metadata["average_step"] != nil {
      weightAverage = OptimizerState(step: try count("average_step"), slots: try file.slots("average/", nil))
    }
    callbacks = [:]
    let names =
      isEarlier
      ? try text("callbacks").split(separator: "\n").map(String.init)
      : CheckpointJSON.value([String].self, try text("callbacks"))
    guard let names else { throw wrong("its callbacks can't be read") }
    for (index, name) in names.enumerated() {
      let prefix = isEarlier ? "callback/\(name)/" : "callback/\(index)/"
      var state = CallbackState()
      for key in metadata.keys {
        if let rest = key.after(prefix) { state.numbers[rest] = try number(key) }
      }
      for key in file.names(under: prefix) { state.tensors[key] = try file.tensor(prefix + key) }
      callbacks[name] = state
    }
    func texts(_ prefix: String) -> [String: String] {
      Dictionary(uniqueKeysWithValues: metadata.compactMap { key, value in key.after(prefix).map { ($0, value) } })
    }
    settings = texts("setting/")
    notes = texts("note/")
  }

  /// Of everything but the digest itself, in an order of its own.
  private static func digest(
    _ metadata: [String: String], _ tensors: [(String, StoredElementType, [Int], [UInt8])]
  ) -> String {
    var hash = SHA256()
    func add(_ text: String) {
      // With its length, so that nothing can move from one field to the next.
      hash.update(Array("\(text.utf8.count):\(text)".utf8))
    }
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) where key != "sha256" {
      add(key)
      add(value)
    }
    for (name, type, shape, bytes) in tensors.sorted(by: { $0.0 < $1.0 }) {
      add(name)
      add("\(type.name) \(shape)")
      hash.update(bytes)
    }
    return hash.hexDigest()
  }
}

extension SafetensorsFile {
  /// The names that start with a prefix, without it, sorted.
  func names(under prefix: String) -> [String] {
    tensors.compactMap { $0.name.after(prefix) }.sorted()
  }
}

extension String {
  /// What follows a prefix; nil without it. By bytes: a combining mark after the prefix would make a character with its
  /// end.
  fileprivate func after(_ prefix: String) -> String? {
    utf8.starts(with: prefix.utf8) ? String(decoding: utf8.dropFirst(prefix.utf8.count), as: UTF8.self) : nil
  }
}

/// Counts in a checkpoint: those that stay far from overflow, and that a `Double` holds.
let countable = 0...1 << 53

extension SafetensorsTensor {
  /// A flat buffer.
  init(_ name: String, flat: Storage) { self.init(name, Tensor(flat, shape: [flat.count])) }
}
