import LatentData
import LatentFiles
import Testing

struct LabelListTests {
  @Test func words() {
    let cases: [([UInt8], String)] = [
      ([5], "5"), ([1, 3], "1 and 3"), ([0, 1], "from 0 to 1"), (Array(17...30), "from 17 to 30"),
      ([1, 3, 7, 200], "1, 3, 7 and 200"), ([0, 1, 2, 3, 9, 10, 255], "0 to 3, 9, 10 and 255"),
      (Array(stride(from: 0, to: 94, by: 2)), "0, 2, 4, 6, 8, 10, ... and 92"), ([], ""),
    ]
    for (labels, text) in cases { #expect(LabelList(labels).description == text) }
    let names = ["T-shirt/top", "Trouser", "Pullover"]
    #expect(LabelList([0, 1, 2], names: names).description == "from 0 (T-shirt/top) to 2 (Pullover)")
    #expect(LabelList([1, 9], names: names).description == "1 (Trouser) and 9")
  }
}
