extension ForeignFile {
  /// What it is and what to do about it, in one line: "is a PyTorch archive: in Python, import torch; ...".
  package func help(for purpose: Purpose) -> String {
    "is \(kind.rawValue): " + (purpose == .data ? dataAdvice : modelAdvice(purpose))
  }

  /// The path as Python has it: everything special is escaped, so that it stays one line.
  private var python: String { JSONText.quoted(path) }

  /// The path with another ending, as Python has it.
  private func python(_ ending: String) -> String {
    let path = path.hasSuffix("/") ? String(path.dropLast()) : path
    let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    let stem = name.dropFirst().lastIndex(of: ".").map { path.dropLast(name.distance(from: $0, to: name.endIndex)) }
    return JSONText.quoted(String(stem ?? path[...]) + ending)
  }

  /// - Parameter purpose: a model's weights, or one array
  private func modelAdvice(_ purpose: Purpose) -> String {
    let arrays = python(".npz")
    func saved(by line: String, as format: String, where condition: String = "") -> String {
      "in Python\(condition), \(line)" + (purpose == .model ? "; then import that with --format \(format)" : "")
    }
    func torch(_ load: String) -> String {
      saved(
        by: "import torch; from safetensors.torch import save_file; d = \(load); "
          + "save_file({k: v.contiguous().clone() for k, v in d.items() if torch.is_tensor(v)}, \(python(".safetensors")))",
        as: "torch")
    }
    switch kind {
    case .torch, .torchLegacy:
      return torch(
        "torch.load(\(python), map_location=\"cpu\"); "
          + "d = d.state_dict() if hasattr(d, \"state_dict\") else d.get(\"state_dict\", d)")
    case .torchScript: return torch("torch.jit.load(\(python), map_location=\"cpu\").state_dict()")
    case .torchShards:
      return "in Python, from torch.distributed.checkpoint.format_utils import dcp_to_torch_save; "
        + "dcp_to_torch_save(\(python), \(python(".pt")))"
    case .keras, .hdf5:
      let weights = "numpy.savez(\(arrays), **{v.path: v.numpy() for v in model.weights})"
      return path.hasSuffix(".weights.h5")
        ? saved(
          by: "import numpy; model.load_weights(\(python)); \(weights)", as: "keras",
          where: " with the model that it belongs to")
        : saved(by: "import keras, numpy; model = keras.saving.load_model(\(python)); \(weights)", as: "keras")
    case .savedModel:
      return saved(
        by: "import numpy, tensorflow; model = tensorflow.saved_model.load(\(python)); "
          + "numpy.savez(\(arrays), **{v.name.split(\":\")[0]: v.numpy() for v in model.variables})", as: "keras")
    case .tensorFlowCheckpoint:
      return saved(
        by: "import numpy, tensorflow; c = tensorflow.train.load_checkpoint(\(python)); "
          + "numpy.savez(\(arrays), **{n: c.get_tensor(n) for n in c.get_variable_to_shape_map()})", as: "keras")
    case .pickle:
      return saved(
        by: "import numpy, pickle; numpy.savez(\(arrays), **pickle.load(open(\(python), \"rb\")))", as: "npz",
        where: ", if you trust the file and it is a dictionary of arrays")
    case .flax:
      return saved(
        by: "import flax, numpy; d = flax.serialization.msgpack_restore(open(\(python), \"rb\").read()); "
          + "numpy.savez(\(arrays), **flax.traverse_util.flatten_dict(d, sep=\"/\"))", as: "npz")
    case .gguf:
      return saved(
        by: "import gguf, numpy; "
          + "numpy.savez(\(arrays), **{t.name: t.data for t in gguf.GGUFReader(\(python)).tensors})", as: "npz")
    case .onnx where purpose == .model, .onnxFolder where purpose == .model:
      return "import the folder of encoder.onnx and decoder.onnx with --format onnx"
    case .npz where purpose == .model: return "import it with --format keras or npz, as its names are"
    case .npz: return "in Python, import numpy; numpy.save(\(python(".npy")), numpy.load(\(python))[\(firstArray)])"
    case .npy where purpose == .model: return "a model is several arrays, which numpy.savez puts into an .npz file"
    case .safetensors where purpose == .model: return "give --format torch or safetensors, as its names are"
    case .safetensorsIndex:
      return saved(
        by: "import glob; from safetensors.torch import load_file, save_file; "
          + "d = {k: v for f in glob.glob(\"*.safetensors\") for k, v in load_file(f).items()}; "
          + "save_file(d, \"all.safetensors\")", as: "torch")
    default: return fetching ?? (purpose == .model ? "give a safetensors file or a run's folder" : "give an .npy file")
    }
  }

  private var dataAdvice: String {
    func written(_ arrays: String, _ names: [(array: String, file: String)]) -> String {
      let pairs = names.map { "(\($0.array), \(JSONText.quoted($0.file)))" }.joined(separator: ", ")
      return "in Python, import numpy; \(arrays); [open(f, \"wb\").write(bytes([0, 0, 8, a.ndim]) + "
        + "numpy.array(a.shape, \">u4\").tobytes() + numpy.asarray(a, \"u1\").tobytes()) for a, f in [\(pairs)]]; "
        + "then give the folder that this is run in (pixels are 0 to 255)"
    }
    let (train, labels) = (IDXFile.imagesName("train"), IDXFile.labelsName("train"))
    let (test, testLabels) = (IDXFile.imagesName("t10k"), IDXFile.labelsName("t10k"))
    switch kind {
    case .npz:
      let found = [
        ("x_train", train), ("y_train", labels), ("x_test", test), ("y_test", testLabels), ("images", train),
        ("labels", labels),
      ].filter { entries.contains($0.0 + ".npy") }
      return written(
        "d = numpy.load(\(python))",
        found.isEmpty ? [("d[\(firstArray)]", train)] : found.map { ("d[\"\($0.0)\"]", $0.1) })
    case .npy: return written("x = numpy.load(\(python))", [("x", train)])
    case .torch, .torchLegacy:
      return written("import torch; x, y = torch.load(\(python))", [("x", train), ("y", labels)])
    case .pickle:
      return written("import pickle; x, y = pickle.load(open(\(python), \"rb\"))", [("x", train), ("y", labels)])
    case .idx: return "give the folder that it is in"
    case .gzip: return "unpack it, and give the folder of its IDX files"
    default: return fetching ?? "give a folder of IDX files, fashion-mnist or synthetic"
    }
  }

  /// What to do with what must be fetched or unpacked first, whatever it is for.
  private var fetching: String? {
    switch kind {
    case .lfsPointer: "fetch the file with git lfs pull"
    case .webPage: "the download has failed; fetch it again, from the file's own address"
    case .gzip, .tar, .zip, .otherArchive: "unpack it first"
    default: nil
    }
  }

  /// The name of an archive's first array, as Python has it.
  private var firstArray: String {
    JSONText.quoted(entries.first { $0.hasSuffix(".npy") }.map { String($0.dropLast(4)) } ?? "name")
  }
}
