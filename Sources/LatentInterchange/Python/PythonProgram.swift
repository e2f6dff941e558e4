import Latent
import LatentData
import LatentFiles
import LatentTraining
import LatentVAE

/// The lines of Python that make a model of an exported file and compare it with what is beside it.
///
/// Each format's program ends with `mean`, `log_variance` and `reconstruction` of the images in the parity file.
package struct PythonProgram: Sendable {
  /// The program.
  package let text: String

  /// - Parameters:
  ///   - weights: what they are stored as; the model's type where left out
  ///   - path: of the exported file or folder
  ///   - parity: of the images and outputs beside it
  /// - Throws: `FileError` for a model without a plan
  package init(
    _ format: InterchangeFormat, of saved: SavedModel, storing weights: ElementType? = nil, path: String, parity: String
  ) throws(FileError) {
    let plan = try saved.plan(for: "a Python program")
    let element = saved.element
    let (path, parity) = (JSONText.quoted(path), JSONText.quoted(parity))
    let lines: [String]
    switch format {
    case .keras, .npz, .safetensors:
      lines = KerasProgram(plan, element, storing: weights).lines(reading: format, path, parity)
    case .torch: lines = TorchProgram(plan, element).lines(path: path, parity: parity)
    case .onnx: lines = ONNXProgram(plan).lines(path: path, parity: parity)
    }
    // One-hot columns that are not numbered as the labels are.
    let isNumbered = zip(plan.classLabels, 0...).allSatisfy { Int($0) == $1 }
    let classes =
      isNumbered
      ? [] : ["classes = \(plan.classLabels)  # the label that each column of the one-hot labels stands for", ""]
    text = (classes + lines + Self.comparison).joined(separator: "\n") + "\n"
  }

  /// What every program ends with.
  private static let comparison = [
    "for name, value in ((\"mean\", mean), (\"log_variance\", log_variance), (\"reconstruction\", reconstruction)):",
    "    print(f\"{name} differs by {float(abs(value - parity[name]).max()):.1e}\")",
  ]
}

extension ElementType {
  /// What frameworks of Python must be told to compute with; nil for what they do without being told.
  var pythonDefault: String? {
    switch self {
    // Weights of bfloat16 are computed with in float32.
    case .float32, .bfloat16: nil
    case .float64: "float64"
    }
  }
}

extension ModelPlan {
  /// The first of an element's numbers, of those in the decoder's output `x`.
  func firstNumber(_ x: String) -> String {
    likelihood.numbersPerElement == 1 ? x : "\(x)[:, ::\(likelihood.numbersPerElement)]"
  }
}

/// A Python function's arguments, `x` or `x, label`.
func arguments(_ first: String, _ label: String, of plan: ModelPlan) -> String {
  plan.classes > 0 ? "\(first), \(label)" : first
}
