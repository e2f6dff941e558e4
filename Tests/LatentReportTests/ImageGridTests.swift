import LatentFiles
import LatentReport
import Testing

@Suite struct ImageGridTests {
  /// B images whose pixels are all different.
  private func stack(_ count: Int, height: Int = 2, width: Int = 3, from first: UInt8 = 1) -> ImageStack {
    ImageStack(
      (0..<count * height * width).map { first &+ UInt8(truncatingIfNeeded: $0) }, height: height, width: width)
  }

  @Test func valuesBecomeBytes() {
    let values: [Float] = [
      0, 1, 0.5, -3, 7, .nan, .infinity, -.infinity, 0.25, Float(1).nextDown, .leastNonzeroMagnitude, 0.1,
    ]
    let stack = ImageStack(values, height: 2, width: 2)
    #expect(stack.bytes == [0, 255, 128, 0, 255, 128, 255, 0, 64, 255, 0, 26])
    #expect(stack.count == 3)
  }

  @Test func everyByteSurvivesTheWayThroughFloat() {
    let bytes = (0...255).map { UInt8($0) }
    #expect(ImageStack(bytes.map { Float($0) / 255 }, height: 16, width: 16).bytes == bytes)
  }

  @Test func layoutArithmetic() {
    let plain = GridLayout(columns: 10, rows: 10, cellWidth: 84, cellHeight: 84, padding: 3)
    #expect((plain.width, plain.height) == (873, 873))
    #expect((plain.x(column: 0), plain.x(column: 9)) == (3, 786))
    let bands = GridLayout(
      columns: 4, rows: 6, cellWidth: 5, cellHeight: 7, padding: 1, bandRows: 2, bandGap: 10, leftMargin: 20)
    #expect((0..<6).map { bands.y(row: $0) } == [1, 9, 26, 34, 51, 59])
    #expect((0..<4).map { bands.x(column: $0) } == [21, 27, 33, 39])
    #expect((bands.width, bands.height) == (45, 67))
  }

  /// Every pixel of the picture, from a plain second description of where it comes from.
  @Test func everyPixelOfAGrid() {
    let images = stack(5)
    let (scale, padding, columns) = (3, 2, 2)
    let picture = ImageGrid.picture(images, columns: columns, scale: scale, padding: padding, background: 99)
    #expect((picture.width, picture.height) == (2 * (9 + 2) + 2, 3 * (6 + 2) + 2))
    for y in 0..<picture.height {
      for x in 0..<picture.width {
        let (column, inX) = (x - padding).quotientAndRemainder(dividingBy: 9 + padding)
        let (row, inY) = (y - padding).quotientAndRemainder(dividingBy: 6 + padding)
        let index = row * columns + column
        var expected: UInt8 = 99
        if x >= padding && y >= padding && inX < 9 && inY < 6 && index < 5 {
          expected = images.bytes[index * 6 + inY / scale * 3 + inX / scale]
        }
        #expect(picture[x, y] == [expected], "at (\(x), \(y))")
      }
    }
  }

  /// Every byte of a picture in colours, from a plain second description of where it comes from; letters and margins are grey.
  @Test func everyPixelOfColours() {
    let (height, width, scale, padding) = (2, 3, 2, 1)
    let bytes = (0..<3 * height * width * 3).map { UInt8(truncatingIfNeeded: 7 * $0) }
    let images = ImageStack(bytes, height: height, width: width, channels: .rgb)
    #expect(images.count == 3)
    let picture = ImageGrid.picture(images, columns: 2, scale: scale, padding: padding, background: 99)
    #expect(picture.channels == .rgb)
    #expect((picture.width, picture.height) == (2 * (6 + 1) + 1, 2 * (4 + 1) + 1))
    for y in 0..<picture.height {
      for x in 0..<picture.width {
        let (column, inX) = (x - padding).quotientAndRemainder(dividingBy: 6 + padding)
        let (row, inY) = (y - padding).quotientAndRemainder(dividingBy: 4 + padding)
        let index = row * 2 + column
        var expected: [UInt8] = [99, 99, 99]
        if x >= padding && y >= padding && inX < 6 && inY < 4 && index < 3 {
          let start = ((index * height + inY / scale) * width + inX / scale) * 3
          expected = Array(bytes[start..<start + 3])
        }
        #expect(picture[x, y].elementsEqual(expected), "at (\(x), \(y))")
      }
    }
    let named = ImageGrid.reconstructions(
      originals: images, reconstructions: images, columns: 3, scale: 4, captions: ("TI", ""))
    let grey = ImageGrid.reconstructions(
      originals: stack(3), reconstructions: stack(3), columns: 3, scale: 4, captions: ("TI", ""))
    #expect((named.width, named.height) == (grey.width, grey.height))
    let margin = named.width - (3 * 15 + 3)
    for y in 0..<named.height {
      for x in 0..<margin { #expect(named[x, y].elementsEqual(Array(repeating: grey[x, y].first!, count: 3))) }
    }
    // Numbers become colours as they become greys.
    #expect(ImageStack([0, 0.5, 1], height: 1, width: 1, channels: .rgb).bytes == [0, 128, 255])
  }

  @Test func samplesAreTenByTen() {
    let picture = ImageGrid.samples(stack(101, height: 28, width: 28), scale: 1)
    #expect((picture.width, picture.height) == (10 * 31 + 3, 10 * 31 + 3))
    let few = ImageGrid.samples(stack(12), scale: 1)
    #expect((few.width, few.height) == (10 * 6 + 3, 2 * 5 + 3))
    let none = ImageGrid.samples(stack(0), scale: 1)
    #expect(none.pixels.allSatisfy { $0 == 255 })
  }

  @Test func reconstructionsStandBelowTheirOriginals() {
    let (originals, decoded) = (stack(5), stack(5, from: 101))
    let picture = ImageGrid.reconstructions(
      originals: originals, reconstructions: decoded, columns: 2, bands: 2, scale: 2, captions: nil)
    // Two bands of 2 × (4 + 3) pixels, between them a gap of 12 instead of 3; the fifth pair is left out.
    #expect((picture.width, picture.height) == (2 * 9 + 3, 3 + 4 + 3 + 4 + 12 + 4 + 3 + 4 + 3))
    for (index, x, y) in [(0, 3, 3), (1, 12, 3), (2, 3, 26), (3, 12, 26)] {
      #expect(picture[x, y] == [originals.bytes[index * 6]])
      #expect(picture[x, y + 7] == [decoded.bytes[index * 6]])
      #expect(picture[x + 5, y + 7 + 3] == [decoded.bytes[index * 6 + 5]])
    }
    #expect((14..<26).allSatisfy { y in (0..<picture.width).allSatisfy { picture[$0, y] == [255] } })
  }

  @Test func captionsAreDrawnInTheMarginOnly() {
    let (originals, decoded) = (stack(2, height: 8, width: 8), stack(2, height: 8, width: 8, from: 50))
    func grid(_ captions: (String, String)?) -> Picture {
      ImageGrid.reconstructions(
        originals: originals, reconstructions: decoded, columns: 2, scale: 1, captions: captions)
    }
    let (plain, named) = (grid(nil), grid(("TI", "")))
    let margin = named.width - plain.width
    #expect(margin > 12 && named.height == plain.height)
    for y in 0..<plain.height {
      #expect((0..<plain.width).allSatisfy { named[$0 + margin, y] == plain[$0, y] })
    }
    #expect((0..<margin).contains { x in (3..<11).contains { named[x, $0].first! < 100 } }, "dark letters")
  }

  @Test func labelsAreDrawnAroundTheImagesOnly() {
    let images = stack(6, height: 40, width: 40)
    func grid(_ labels: ImageGrid.Labels) -> Picture {
      ImageGrid.picture(images, columns: 3, scale: 1, labels: labels, bandRows: 1)
    }
    let plain = grid(ImageGrid.Labels())
    let named = grid(ImageGrid.Labels(title: "Title", columns: ["a", "", "-3.0"], rows: ["z0", "z1", "none"]))
    let (left, top) = (named.width - plain.width, named.height - plain.height)
    #expect(left > 12 && top > 30)
    for y in 0..<plain.height {
      #expect((0..<plain.width).allSatisfy { named[left + $0, top + y] == plain[$0, y] })
    }
    func isDark(_ columns: Range<Int>, _ rows: Range<Int>) -> Bool {
      rows.contains { y in columns.contains { named[$0, y].first! < 128 } }
    }
    #expect(isDark(left..<named.width, 0..<18), "the title")
    // Of the columns' labels, the first and the third are there.
    let starts = (0..<3).map { left + 3 + $0 * 43 }
    #expect(starts.map { isDark($0..<$0 + 40, 22..<top) } == [true, false, true])
    #expect(isDark(0..<left, top..<top + 43) && isDark(0..<left, top + 46..<named.height))
    // A label that is wider than its picture is cut off.
    _ = ImageGrid.picture(
      stack(1), columns: 1, scale: 1,
      labels: ImageGrid.Labels(title: String(repeating: "wide ", count: 100), columns: ["wide label"]))
  }
}
