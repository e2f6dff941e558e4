import Latent
import LatentVAE

/// What a likelihood makes of a decoder's numbers, as nodes.
extension ONNXGraph {
  /// The mean of each of P elements: [B, P k] -> [B, P].
  mutating func addMean(_ x: String, count: Int, of plan: ModelPlan) -> String {
    let numbers = plan.likelihood.numbersPerElement
    switch plan.likelihood.link {
    case .identity: return addFirst(x, of: numbers)
    case .sigmoid: return add("Sigmoid", [addFirst(x, of: numbers)])
    case .exp: return add("Exp", [addFirst(x, of: numbers)])
    case .continuousBernoulli:
      let l = addFirst(x, of: numbers)
      // Near 0 by its series: 1/2 + l / 12 - l^3 / 720.
      let square = add("Mul", [l, l])
      let slope = add("Sub", [addNumber(1 / 12.0), add("Mul", [square, addNumber(1 / 720.0)])])
      let near = add("Add", [add("Mul", [l, slope]), addNumber(0.5)])
      let half = add("Mul", [l, addNumber(0.5)])
      let difference = add("Sub", [add("Div", [addNumber(0.5), add("Tanh", [half])]), add("Div", [addNumber(1), l])])
      let far = add("Add", [difference, addNumber(0.5)])
      return add("Where", [add("Less", [add("Abs", [l]), addNumber(0.1)]), near, far])
    case .largest:
      let each = addReshape(x, to: [-1, count, numbers])
      return addAsNumber(add("ArgMax", [each], [.int("axis", 2), .int("keepdims", 0)]))
    case .logisticMixture:
      let each = addReshape(x, to: [-1, count, 3, numbers / 3])
      let shares = add("Softmax", [addSqueeze(addSlice(each, 0..<1, axis: 2), axis: 2)], [.int("axis", -1)])
      let means = addSqueeze(addSlice(each, 1..<2, axis: 2), axis: 2)
      let axes = addConstant([2], named: newName("axes"))
      let sum = add("ReduceSum", [add("Mul", [shares, means]), axes], [.int("keepdims", 0)])
      let mean = add("Add", [add("Mul", [sum, addNumber(0.5)]), addNumber(0.5)])
      return add("Min", [add("Max", [mean, addNumber(0)]), addNumber(1)])
    }
  }

  /// The first of each element's numbers.
  private mutating func addFirst(_ x: String, of numbers: Int) -> String {
    numbers == 1 ? x : addSlice(x, 0..<Int.max, axis: 1, stride: numbers)
  }

  private mutating func addSlice(_ x: String, _ range: Range<Int>, axis: Int, stride: Int = 1) -> String {
    let bounds = [range.lowerBound, range.upperBound, axis, stride].enumerated().map { place, value in
      addConstant([value], named: newName("bound\(place)"))
    }
    return add("Slice", [x] + bounds)
  }
}
