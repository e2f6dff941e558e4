#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension Double {
  /// The natural logarithm.
  package var logarithm: Double { log(self) }

  /// e to its power.
  package var exponential: Double { exp(self) }
}

/// Rows of a table of doubles, `columns` wide, that are made at a time: two megabytes of them, or 16 rows.
func rowsAtOnce(of columns: Int) -> Int { max(16, (1 << 18) / max(columns, 1)) }
