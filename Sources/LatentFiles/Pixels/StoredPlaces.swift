import LatentKernels

/// Which of the images that are stored a data set has, in its order: neighbours, or any.
package enum StoredPlaces: Sendable {
  case neighbours(Range<Int>)
  case chosen([Int])

  package var count: Int {
    switch self {
    case .neighbours(let range): range.count
    case .chosen(let numbers): numbers.count
    }
  }

  /// The number among all that are stored of each image.
  package func map<Result>(_ body: (Int) -> Result) -> [Result] {
    switch self {
    case .neighbours(let range): range.map(body)
    case .chosen(let numbers): numbers.map(body)
    }
  }

  /// Some of these.
  package subscript(some: StoredPlaces) -> StoredPlaces {
    switch (self, some) {
    case (.neighbours(let range), .neighbours(let part)):
      check(part)
      return .neighbours(range.lowerBound + part.lowerBound..<range.lowerBound + part.upperBound)
    case (.chosen(let numbers), .neighbours(let part)):
      check(part)
      return .chosen(Array(numbers[part]))
    case (_, .chosen(let numbers)): return .chosen(Array(stored(numbers[...])))
    }
  }

  private func check(_ part: Range<Int>) {
    require(part.lowerBound >= 0 && part.upperBound <= count, "ImageDataset: images \(part) of \(count)")
  }

  /// The numbers among all that are stored.
  package func stored(_ indices: ArraySlice<Int>) -> ArraySlice<Int> {
    require(indices.allSatisfy { $0 >= 0 && $0 < count }, "ImageDataset: images \(indices) of \(count)")
    switch self {
    case .neighbours(let range):
      return range.lowerBound == 0 ? indices : ArraySlice(indices.map { range.lowerBound + $0 })
    case .chosen(let numbers): return ArraySlice(indices.map { numbers[$0] })
    }
  }
}
