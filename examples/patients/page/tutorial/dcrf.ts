import packaged from "dcrf-client";

/** The package. It is CommonJS, of which bundlers that keep to Node's rules give the whole module as `default`. */
const dcrf: typeof packaged = "default" in packaged ? (packaged.default as typeof packaged) : packaged;

export default dcrf;
