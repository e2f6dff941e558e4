import LatentVAE

/// Two sessions of ONNX Runtime.
struct ONNXProgram {
  private let plan: ModelPlan

  init(_ plan: ModelPlan) { self.plan = plan }

  func lines(path: String, parity: String) -> [String] {
    let label = "\"label\": parity[\"labels\"]"
    return [
      "import os", "", "import onnxruntime", "from safetensors.numpy import load_file", "",
      "folder = \(path)", "encoder = onnxruntime.InferenceSession(os.path.join(folder, \"encoder.onnx\"))",
      "decoder = onnxruntime.InferenceSession(os.path.join(folder, \"decoder.onnx\"))", "",
      "parity = load_file(\(parity))", "mean, log_variance = encoder.run(",
      "    [\"mean\", \"log_variance\"], {\(arguments("\"image\": parity[\"images\"]", label, of: plan))})",
      "reconstruction = decoder.run([\"reconstruction\"], {\(arguments("\"z\": mean", label, of: plan))})[0]",
    ]
  }
}
