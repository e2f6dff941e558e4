internal import CCairo
import LatentFiles
import LatentKernels

/// A picture being drawn through cairo: shapes and text, in units of which each becomes `scale` pixels.
///
/// Text is set in the system's sans-serif font; where there is none, cairo uses what it has.
final class Drawing {
  /// Where a text's given place lies in it.
  enum Anchor {
    case start, middle, end
  }

  enum Weight {
    case normal, bold
  }

  /// In units.
  let (width, height): (Double, Double)
  private let surface: OpaquePointer
  private let context: OpaquePointer
  private let (columns, rows): (Int, Int)

  /// - Parameters:
  ///   - width: in units
  ///   - height: in units
  ///   - scale: pixels of a unit
  init(width: Double, height: Double, scale: Double = 1, background: Color = .white) {
    // cairo's coordinates have 16 bits.
    (columns, rows) = (Int((width * scale).rounded(.up)), Int((height * scale).rounded(.up)))
    require(
      (1...32767).contains(columns) && (1...32767).contains(rows), "Drawing: \(columns)×\(rows) pixels can't be drawn")
    (self.width, self.height) = (width, height)
    surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(columns), Int32(rows))
    context = cairo_create(surface)
    // The pixels should not depend on the screen of the machine.
    let options = cairo_font_options_create()
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
    cairo_set_font_options(context, options)
    cairo_font_options_destroy(options)
    set(background)
    cairo_paint(context)
    cairo_scale(context, scale, scale)
    cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
  }

  deinit {
    cairo_destroy(context)
    cairo_surface_destroy(surface)
  }

  /// A line through all points, given from first to last.
  func line(
    _ points: [(x: Double, y: Double)], _ color: Color, width: Double = 1, dashes: [Double] = [], isRound: Bool = false
  ) {
    guard let first = points.first else { return }
    cairo_move_to(context, first.x, first.y)
    for point in points.dropFirst() { cairo_line_to(context, point.x, point.y) }
    set(color)
    cairo_set_line_width(context, width)
    cairo_set_dash(context, dashes, Int32(dashes.count), 0)
    cairo_set_line_cap(context, isRound ? CAIRO_LINE_CAP_ROUND : CAIRO_LINE_CAP_BUTT)
    cairo_stroke(context)
  }

  func rectangle(_ x: Double, _ y: Double, width: Double, height: Double, _ color: Color) {
    cairo_rectangle(context, x, y, width, height)
    set(color)
    cairo_fill(context)
  }

  /// What lies between some points, given around it.
  func area(_ points: [(x: Double, y: Double)], _ color: Color, opacity: Double) {
    guard points.count > 2 else { return }
    cairo_move_to(context, points[0].x, points[0].y)
    for point in points.dropFirst() { cairo_line_to(context, point.x, point.y) }
    cairo_close_path(context)
    set(color, opacity: opacity)
    cairo_fill(context)
  }

  func mark(_ shape: MarkShape, _ x: Double, _ y: Double, radius: Double, _ color: Color, opacity: Double = 1) {
    if shape == .circle {
      cairo_arc(context, x, y, radius, 0, 2 * Double.pi)
    } else {
      for (index, corner) in shape.corners.enumerated() {
        let (cornerX, cornerY) = (x + corner.x * radius, y + corner.y * radius)
        if index == 0 { cairo_move_to(context, cornerX, cornerY) } else { cairo_line_to(context, cornerX, cornerY) }
      }
      cairo_close_path(context)
    }
    set(color, opacity: opacity)
    cairo_fill(context)
  }

  /// Text with its baseline at y.
  ///
  /// - Parameters:
  ///   - halo: drawn around the letters, so that they can be read on anything
  ///   - isVertical: whether it runs upwards; its anchor is then along the way up
  func text(
    _ text: String, _ x: Double, _ y: Double, size: Double, _ color: Color, _ anchor: Anchor = .start,
    weight: Weight = .normal, halo: Color? = nil, isVertical: Bool = false
  ) {
    cairo_save(context)
    cairo_translate(context, x, y)
    if isVertical { cairo_rotate(context, -Double.pi / 2) }
    let wide = width(of: text, size: size, weight: weight)
    cairo_move_to(context, anchor == .start ? 0 : anchor == .middle ? -wide / 2 : -wide, 0)
    if let halo {
      cairo_text_path(context, text)
      set(halo)
      cairo_set_line_width(context, size / 4)
      cairo_set_dash(context, nil, 0, 0)
      cairo_stroke_preserve(context)
      set(color)
      cairo_fill(context)
    } else {
      set(color)
      cairo_show_text(context, text)
    }
    cairo_restore(context)
  }

  /// How far a text advances, in units.
  func width(of text: String, size: Double, weight: Weight = .normal) -> Double {
    cairo_select_font_face(
      context, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
      weight == .bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL)
    cairo_set_font_size(context, size)
    var extents = cairo_text_extents_t()
    cairo_text_extents(context, text, &extents)
    return extents.x_advance
  }

  /// As much of the start of a text as fits into `width`, with an ellipsis where it is not all.
  func shortened(_ text: String, to width: Double, size: Double, weight: Weight = .normal) -> String {
    var text = text
    guard self.width(of: text, size: size, weight: weight) > width else { return text }
    while !text.isEmpty && self.width(of: text + "…", size: size, weight: weight) > width { text.removeLast() }
    return text + "…"
  }

  /// What has been drawn so far.
  ///
  /// - Parameter channels: grey takes the green of each pixel: for drawings without colours
  func picture(_ channels: Picture.Channels = .rgb) -> Picture {
    cairo_surface_flush(surface)
    let stride = Int(cairo_image_surface_get_stride(surface))
    Shortage.checkArray(bytes: columns * rows * channels.rawValue)
    var picture = Picture(
      width: columns, height: rows, channels: channels,
      pixels: [UInt8](repeating: 255, count: columns * rows * channels.rawValue))
    // Null where cairo had no memory: the picture then stays white.
    guard let data = cairo_image_surface_get_data(surface) else { return picture }
    let (columns, rows, step) = (columns, rows, channels.rawValue)
    picture.withUnsafeMutablePixels { pixels in
      var target = pixels
      var row = 0
      while row < rows {
        // A pixel is 0x00RRGGBB in the machine's byte order.
        let source = UnsafeRawPointer(data + row * stride).assumingMemoryBound(to: UInt32.self)
        var column = 0
        while column < columns {
          let pixel = source[column]
          if step == 3 {
            target[0] = UInt8(truncatingIfNeeded: pixel >> 16)
            target[1] = UInt8(truncatingIfNeeded: pixel >> 8)
            target[2] = UInt8(truncatingIfNeeded: pixel)
          } else {
            target[0] = UInt8(truncatingIfNeeded: pixel >> 8)
          }
          target += step
          column += 1
        }
        row += 1
      }
    }
    return picture
  }

  private func set(_ color: Color, opacity: Double = 1) {
    cairo_set_source_rgba(context, color.red, color.green, color.blue, opacity)
  }
}
