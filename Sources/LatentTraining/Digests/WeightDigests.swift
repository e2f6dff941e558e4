import Latent
import LatentData
import LatentFiles

/// What a run's weights were after each of its steps, as checksums: where two runs part, this says at which step and in
/// which tensor.
///
///     let (a, b) = (try WeightDigests(contentsOf: "a/digests.csv"), try WeightDigests(contentsOf: "b/digests.csv"))
///     print(a.firstDifference(from: b))
///
/// A ``DigestFile`` keeps them while a trainer works.
public struct WeightDigests: Sendable, Equatable {
  /// The weights after one step.
  public struct Row: Sendable, Equatable {
    /// 1 for the first.
    public let epoch: Int
    /// 1 for the first of the epoch.
    public let step: Int
    /// The lower half of the XXH64 of each tensor's bytes.
    public let digests: [UInt32]

    public init(epoch: Int, step: Int, digests: [UInt32]) {
      (self.epoch, self.step, self.digests) = (epoch, step, digests)
    }

    func isBefore(_ other: Row) -> Bool { (epoch, step) < (other.epoch, other.step) }
  }

  /// Where two runs part.
  public struct Difference: Sendable, Equatable {
    /// The epoch of the first step after which weights differ.
    public let epoch: Int
    /// The step of that epoch, 1 for the first.
    public let step: Int
    /// The tensors that differ after it, in the model's order.
    public let paths: [String]
  }

  /// The paths of the model's parameters and buffers, in its order.
  public let paths: [String]
  /// In order. Steps may be missing, where a run went on that had kept no digests before.
  public internal(set) var rows: [Row]

  init(paths: [String], rows: [Row]) { (self.paths, self.rows) = (paths, rows) }

  /// The first step of both after which their weights are not the same; nil if there is none.
  public func firstDifference(from other: WeightDigests) -> Difference? {
    let parting = common(with: other).first { $0 != $1 || paths != other.paths }
    return parting.map { row, otherRow in
      let same = zip(zip(paths, row.digests), zip(other.paths, otherRow.digests)).map { $0 == $1 }
      let differing = paths.indices.filter { $0 >= same.count || !same[$0] }
      return Difference(epoch: row.epoch, step: row.step, paths: differing.map { paths[$0] })
    }
  }

  /// How many steps both have.
  public func commonSteps(with other: WeightDigests) -> Int { common(with: other).count }

  /// The rows of the steps that both have.
  private func common(with other: WeightDigests) -> [(Row, Row)] {
    var (i, j, pairs) = (0, 0, [(Row, Row)]())
    while i < rows.count && j < other.rows.count {
      if rows[i].isBefore(other.rows[j]) {
        i += 1
      } else if other.rows[j].isBefore(rows[i]) {
        j += 1
      } else {
        pairs.append((rows[i], other.rows[j]))
        (i, j) = (i + 1, j + 1)
      }
    }
    return pairs
  }
}

extension WeightDigests {
  /// The XXH64 of each tensor's bytes, a task for each.
  static func digests(of tensors: [Tensor], pool: WorkerPool) -> [UInt64] {
    [UInt64](unsafeUninitializedCapacity: tensors.count) { buffer, count in
      // Each task has a place of its own.
      nonisolated(unsafe) let places = buffer
      pool.run(tasks: tensors.count, as: "digests") { task, _ in places[task] = tensors[task].storage.xxh64() }
      count = tensors.count
    }
  }

  /// One number for all.
  static func combined(_ digests: [UInt64]) -> UInt64 { digests.withUnsafeBytes { Checksum.xxh64($0) } }
}

/// Numbers of fixed width in hexadecimal digits.
enum Hexadecimal {
  static func text(_ number: some FixedWidthInteger & UnsignedInteger) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: number.bitWidth / 4 - digits.count) + digits
  }

  /// Of exactly sixteen digits, as ``text(_:)`` writes them.
  static func number(_ text: String) -> UInt64? {
    guard text.utf8.count == 16, text.utf8.allSatisfy({ $0.hexadecimalDigit != nil }) else { return nil }
    return UInt64(text, radix: 16)
  }
}

extension UInt8 {
  /// The value of an ASCII digit 0...9 or a...f.
  var hexadecimalDigit: UInt32? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(self - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(self - UInt8(ascii: "a") + 10)
    default: nil
    }
  }
}
