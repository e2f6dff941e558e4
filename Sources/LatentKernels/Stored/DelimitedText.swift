import CLatentKernels

/// Text in which cells stand between separators and records between line breaks (RFC 4180): where the cells are, and the
/// numbers in them.
package enum DelimitedText {
  /// What begins at a place of a text.
  package enum Record: Equatable {
    /// A record of so many bytes with its line break.
    case bytes(Int)
    /// Its end is not in these bytes.
    case unfinished
    /// The text ends inside quotes.
    case openQuote
    /// Something other than a separator follows a quote that ends a cell.
    case behindQuote
  }

  /// Finds the cells of the first record in `bytes`.
  ///
  /// - Parameters:
  ///   - isEnd: whether these are the last bytes of the text
  ///   - cells: becomes the cells' places, without their quotes; quotes inside are still doubled
  ///   - lines: becomes the number of line breaks in the record, the one at its end too; that of a wrong one, before the
  ///     fault
  package static func record(
    in bytes: UnsafeRawBufferPointer, isEnd: Bool, separator: UInt8, cells: inout [Range<Int>], lines: inout Int
  ) -> Record {
    guard let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return .unfinished }
    if cells.isEmpty { cells = [0..<0] }
    while true {
      var (found, breaks) = (Int64(0), Int64(0))
      // A range is its two bounds.
      let capacity = cells.count
      let length = cells.withUnsafeMutableBytes { memory in
        latent_record(
          start, Int64(bytes.count), isEnd ? 1 : 0, separator, memory.baseAddress!.assumingMemoryBound(to: Int64.self),
          Int64(capacity), &found, &breaks)
      }
      lines = Int(breaks)
      switch Int(length) {
      case Int(latent_record_unfinished): return .unfinished
      case Int(latent_record_behind_quote): return .behindQuote
      case Int(latent_record_open_quote): return .openQuote
      case let length:
        if Int(found) > capacity {
          cells = Array(repeating: 0..<0, count: Int(found))
          continue
        }
        if Int(found) < capacity { cells.removeLast(capacity - Int(found)) }
        return .bytes(length)
      }
    }
  }

  /// What a cell holds, where numbers are expected.
  package enum Number: Equatable {
    case value(Double)
    /// Nothing, or a word for it: NaN, NA, N/A, #N/A, null, none or ?
    case missing
    /// Another text, or a number that no `Double` holds.
    case none
  }

  /// The decimal number in a cell, with blanks around it: the nearest `Double`, whatever the system's language is.
  ///
  /// - Parameter mark: what stands before a fraction
  @inline(__always)
  package static func number(in cell: UnsafeRawBufferPointer, mark: UInt8) -> Number {
    guard let start = cell.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return .missing }
    var value = 0.0
    switch latent_read_number(start, Int64(cell.count), mark, &value) {
    case latent_number_exact: return .value(value)
    case latent_number_long: return long(cell, mark: mark)
    case latent_number_missing: return .missing
    default: return .none
    }
  }

  private static func long(_ cell: UnsafeRawBufferPointer, mark: UInt8) -> Number {
    let digits = cell.lazy.filter { $0 != 0x20 && $0 != 0x09 }.map { $0 == mark ? UInt8(ascii: ".") : $0 }
    guard let value = Double(String(decoding: digits, as: UTF8.self)), value.isFinite else { return .none }
    return .value(value)
  }

  /// How many of the bytes are this one.
  package static func count(_ byte: UInt8, in bytes: UnsafeRawBufferPointer) -> Int {
    bytes.baseAddress.map { Int(latent_count_byte($0.assumingMemoryBound(to: UInt8.self), Int64(bytes.count), byte)) }
      ?? 0
  }

  /// How many bytes there are before the first that JSON has an escape for.
  package static func countUnescaped(_ bytes: UnsafeRawBufferPointer) -> Int {
    bytes.baseAddress.map { Int(latent_count_unescaped($0.assumingMemoryBound(to: UInt8.self), Int64(bytes.count))) }
      ?? 0
  }
}
