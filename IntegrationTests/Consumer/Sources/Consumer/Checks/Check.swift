import Foundation
import Latent

/// Ends the program where something is not as it should be.
func check(_ isRight: Bool, _ what: String) {
  guard !isRight else { return }
  FileHandle.standardError.write(Data("Consumer: \(what)\n".utf8))
  exit(1)
}

/// - Parameter tolerance: relative to the largest of the expected numbers
func check(_ found: [Double], _ expected: [Double], within tolerance: Double = 1e-12, _ what: String) {
  let size = expected.reduce(0) { max($0, abs($1)) }
  let isRight =
    found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) <= tolerance * max(size, 1e-300) }
  check(isRight, "\(what): \(found.prefix(8)), expected \(expected.prefix(8))")
}

/// Numbers in -1...1 that look like any.
func numbers(_ count: Int, seed: UInt64 = 1) -> [Double] {
  Initializer.uniform(-1...1)(shape: [count], key: RandomKey(seed: seed), element: .float64).values
}
