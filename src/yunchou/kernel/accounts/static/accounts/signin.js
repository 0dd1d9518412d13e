// The demo's accounts: one press fills the form and signs in.
for (const button of document.querySelectorAll("[data-login]")) {
  button.addEventListener("click", () => {
    const form = document.getElementById("sign-in");
    form.elements.login.value = button.dataset.login;
    form.elements.password.value = button.dataset.password;
    form.requestSubmit();
  });
}
