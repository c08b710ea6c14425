declare module "swagger-ui-dist/swagger-ui-es-bundle.js" {
  interface Request {
    headers: Record<string, string>;
  }
  export default function SwaggerUI(options: {
    domNode: HTMLElement;
    url?: string;
    docExpansion?: "none" | "list" | "full";
    defaultModelsExpandDepth?: number;
    tryItOutEnabled?: boolean;
    requestInterceptor?: (request: Request) => Request;
  }): void;
}
