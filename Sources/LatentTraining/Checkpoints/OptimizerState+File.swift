import Latent
import LatentFiles

/// What an optimizer has learned, as a part of a checkpoint: its buffers are tensors, all else is metadata.
extension OptimizerState {
  /// - Parameter place: what its names begin with: `optimizer`, or `optimizers/0/`
  func write(_ place: String, to metadata: inout [String: String], _ parts: inout [SafetensorsTensor]) {
    parts += slots.map { SafetensorsTensor(Self.prefix(place) + $0.name, flat: $0.values) }
    metadata[place + "_step"] = "\(step)"
    metadata[place + "_slots"] = CheckpointJSON.text(slots.map(\.name))
    if !frozen.isEmpty { metadata[place + "_frozen"] = CheckpointJSON.text(frozen) }
  }

  init(_ place: String, of file: SafetensorsFile) throws(FileError) {
    func wrong(_ what: String) -> FileError { FileError(file: file.name, reason: what) }
    let metadata = file.metadata
    // In the optimizer's order, which a file's is not.
    let names = metadata[place + "_slots"].flatMap { CheckpointJSON.value([String].self, $0) }
    // Files of before say nothing: they hold numbers of frozen parameters too.
    let frozen = metadata[place + "_frozen"].map { CheckpointJSON.value([Int].self, $0) } ?? []
    guard let frozen, Set(names ?? []).count == names?.count ?? 0 else { throw wrong("its optimizer can't be read") }
    guard let step = metadata[place + "_step"].flatMap({ Int($0) }), countable.contains(step) else {
      throw wrong("\(place)_step is no count")
    }
    self.init(step: step, slots: try file.slots(Self.prefix(place), names), frozen: frozen)
  }

  private static func prefix(_ place: String) -> String { place.hasSuffix("/") ? place : place + "/" }
}

extension SafetensorsFile {
  /// Buffers of these names, or of all that begin with the prefix.
  func slots(_ prefix: String, _ names: [String]?) throws(FileError) -> [OptimizerState.Slot] {
    var slots: [OptimizerState.Slot] = []
    for name in names ?? self.names(under: prefix) {
      slots.append(.init(name: name, values: try tensor(prefix + name).storage))
    }
    return slots
  }
}
