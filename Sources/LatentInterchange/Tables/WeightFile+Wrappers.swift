import Latent
import LatentData
import LatentFiles

/// What wrappers of a model add to its tensors' names.
extension WeightFile {
  /// The parts of a model, one of which each name begins with.
  private static let parts: Set<Substring> = ["encoder", "decoder", "likelihood"]
  /// What PyTorch's compiler, sharding and checkpointing put between the names of layers.
  private static let inner: Set<Substring> = ["_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module"]

  /// The same tensors without what all names begin with, such as `module.` of DataParallel or `_orig_mod.` of
  /// torch.compile: a model's own names have nothing in common.
  ///
  /// - Returns: the file, and what was taken off, as notes for people
  func unwrapped(separator: Character) -> (file: WeightFile, notes: [String]) {
    var (names, prefix) = (
      tensors.keys.map { (own: $0, rest: $0.split(separator: separator, omittingEmptySubsequences: false)[...]) }, ""
    )
    while let first = names.first?.rest.first, !Self.parts.contains(first),
      names.allSatisfy({ $0.rest.count > 1 && $0.rest.first == first })
    {
      prefix += String(first) + String(separator)
      for index in names.indices { names[index].rest.removeFirst() }
    }
    guard names.contains(where: { $0.rest.first.map(Self.parts.contains) == true }) else { return (self, []) }
    var removed = Set<Substring>()
    for index in names.indices {
      names[index].rest.removeAll {
        guard Self.inner.contains($0) else { return false }
        removed.insert($0)
        return true
      }
    }
    let pairs = names.map { ($0.rest.joined(separator: String(separator)), tensors[$0.own]!) }
    guard Set(pairs.map(\.0)).count == pairs.count else { return (self, []) }
    var file = self
    file.tensors = Dictionary(uniqueKeysWithValues: pairs)
    var notes: [String] = []
    if !prefix.isEmpty { notes.append("all names begin with \(quotedName(prefix)), which is taken off") }
    if !removed.isEmpty {
      let list = removed.sorted().map { quotedName($0 + String(separator)) }.joined(separator: " and ")
      notes.append("names have \(list) inside, which is taken out")
    }
    return (file, notes)
  }

  /// The beginning that some names have and others lack, and what to do about it; nil if there is none.
  func partialWrapper(separator: Character) -> String? {
    var counts: [Substring: Int] = [:]
    for name in tensors.keys {
      if let first = name.split(separator: separator).first, !Self.parts.contains(first) {
        counts[first, default: 0] += 1
      }
    }
    guard let (first, count) = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }), count > 1,
      count < tensors.count
    else { return nil }
    return
      "\(count) of \(tensors.count) names begin with \(quotedName(first + String(separator))), which is taken off where "
      + "all do"
  }
}
