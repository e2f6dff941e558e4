/// A name out of a file, made fit for a one-line message: control characters escaped, long names cut.
package func quotedName(_ name: String) -> String {
  name.unicodeScalars.count <= 100
    ? String(reflecting: name)
    : String(reflecting: String(String.UnicodeScalarView(name.unicodeScalars.prefix(100)))) + "..."
}
