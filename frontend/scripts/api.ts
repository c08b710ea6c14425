// The API's description to read and to try out, in Swagger UI.
import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";

const place = document.getElementById("reference");
if (place) {
  SwaggerUI({
    domNode: place,
    url: place.dataset.address,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    tryItOutEnabled: false,
    requestInterceptor(request) {
      // What tells the server that a page of its own asks.
      request.headers["X-Requested-With"] = "XMLHttpRequest";
      request.headers["X-CSRFToken"] = place.dataset.token ?? "";
      return request;
    },
  });
}
