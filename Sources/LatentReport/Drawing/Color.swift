import LatentKernels

/// A colour of a drawing.
struct Color: Equatable, Sendable {
  let (red, green, blue): (Double, Double, Double)

  /// - Parameter hex: 0xRRGGBB
  init(_ hex: UInt32) {
    func part(_ shift: UInt32) -> Double { Double(hex >> shift & 255) / 255 }
    (red, green, blue) = (part(16), part(8), part(0))
  }

  /// For letters, which are thinner than marks.
  var darkened: Color { Color(red: 0.72 * red, green: 0.72 * green, blue: 0.72 * blue) }

  private init(red: Double, green: Double, blue: Double) { (self.red, self.green, self.blue) = (red, green, blue) }

  static func == (a: Color, b: Color) -> Bool { (a.red, a.green, a.blue) == (b.red, b.green, b.blue) }

  static let white = Color(0xffffff)
  /// Titles
  static let ink = Color(0x1f2328)
  /// All other text
  static let text = Color(0x59636e)
  static let axis = Color(0x9aa4af)
  static let grid = Color(0xe6eaef)
  /// The one colour of what has no classes
  static let plain = Color(0x0969da)
}

/// What marks of a class look like.
struct MarkLook: Equatable, Sendable {
  let color: Color
  let shape: MarkShape

  /// Ten colours that colour-blind readers tell apart (Paul Tol's "muted" scheme, its pale grey made darker), again and
  /// again with other shapes: forty looks.
  init(class index: Int) {
    require(index >= 0, "MarkLook: class \(index)")
    color = MarkLook.colors[index % MarkLook.colors.count]
    shape = MarkShape.allCases[index / MarkLook.colors.count % MarkShape.allCases.count]
  }

  private static let colors: [Color] = [
    0x332288, 0xcc6677, 0x117733, 0xddaa33, 0x88ccee, 0x882255, 0x44aa99, 0x999933, 0xaa4499, 0x777777,
  ].map { Color($0) }
}

/// The shape of a mark.
enum MarkShape: CaseIterable, Sendable {
  case circle, triangle, square, diamond

  /// For a radius of 1, all of about the area of the circle; none for a circle.
  var corners: [(x: Double, y: Double)] {
    switch self {
    case .circle: []
    case .triangle: [(0, -1.4), (1.25, 0.9), (-1.25, 0.9)]
    case .square: [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]
    case .diamond: [(0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)]
    }
  }
}
