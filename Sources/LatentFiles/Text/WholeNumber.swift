/// What should have stood where a text can't be read.
package struct Expected: Error {
  let what: String

  init(_ what: String) { self.what = what }
}

/// Takes a whole number as JSON and Python write it: decimal digits without leading zeros, below 2^63.
package func takeWholeNumber(_ text: ArraySlice<UInt8>, at position: inout Int) throws(Expected) -> Int {
  let start = position
  var value = 0
  while position < text.endIndex, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[position]) {
    let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
    let (sum, carry) = tens.addingReportingOverflow(Int(text[position] - UInt8(ascii: "0")))
    if overflow || carry { throw Expected("a number below 2^63") }
    value = sum
    position += 1
  }
  let digits = position - start
  guard digits == 1 || (digits > 1 && text[start] != UInt8(ascii: "0")) else {
    throw Expected("a whole number, not negative, without leading zeros")
  }
  return value
}
