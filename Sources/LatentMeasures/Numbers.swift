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
