/// Stops the process where a programmer's mistake would go on to read or write what it must not: with the message, in
/// release builds too, where the standard library's `precondition` prints none.
@inlinable
@inline(__always)
package func require(
  _ condition: @autoclosure () -> Bool, _ message: @autoclosure () -> String = "a condition that must hold does not",
  file: StaticString = #fileID,
  line: UInt = #line
) {
  if !condition() { fatalError(message(), file: file, line: line) }
}
