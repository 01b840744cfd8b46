//! The files of a saved reply in its form: uploaded when they are chosen, kept when the form is saved. What a form that is left has
//! uploaded is removed again.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    domain::{
        saved_reply::files_fault,
        upload::{SendAs, WaitingFile},
    },
    ui::{
        browser::{self, PickedFile},
        components::icon::Icon,
        kit::Submit,
        uploads::{FileLine, FileState, address_of, prepared, upload_query},
    },
};

/// A file of the form.
#[derive(Clone, Debug)]
struct FormFile {
    key: String,
    name: String,
    state: ArcRwSignal<FileState>,
    /// `None` for a file that the reply has.
    picked: Option<PickedFile>,
}

impl FormFile {
    fn kept(file: WaitingFile) -> Self {
        let (key, name) = (file.id.as_str().to_owned(), file.name.clone());
        Self { key, name, state: ArcRwSignal::new(FileState::Waiting(file)), picked: None }
    }

    fn on_server(&self) -> Option<WaitingFile> {
        self.state.get_untracked().on_server()
    }
}

/// The files of a form. Cheap to copy.
#[derive(Clone, Copy)]
pub struct FormFiles {
    all: RwSignal<Vec<FormFile>>,
    /// The key and the handle of the file that is being checked or uploaded.
    running: StoredValue<Option<(String, u32)>>,
}

impl FormFiles {
    pub fn of(files: Vec<WaitingFile>) -> Self {
        let all = RwSignal::new(files.into_iter().map(FormFile::kept).collect());
        let files = Self { all, running: StoredValue::new(None) };
        on_cleanup(move || files.leave());
        files
    }

    /// What is saved. Does not track.
    pub fn saved(self) -> Vec<WaitingFile> {
        self.all.with_untracked(|all| all.iter().filter_map(FormFile::on_server).collect())
    }

    /// Why the files cannot be saved now. Does not track.
    pub fn fault(self) -> Option<String> {
        let is_left_out = self.all.with_untracked(|all| all.iter().any(|file| file.on_server().is_none()));
        is_left_out.then(|| "Not every file is uploaded. Wait for it, or remove it.".to_owned())
    }

    /// These are the reply's from now on. The form may be gone.
    pub fn were_saved(self, saved: &[WaitingFile]) {
        let is_saved = |file: &FormFile| file.on_server().is_some_and(|kept| saved.contains(&kept));
        self.all.try_update(|all| {
            all.iter().filter(|file| is_saved(file)).for_each(forget);
            all.retain(|file| !is_saved(file));
        });
    }

    fn add(self, submit: Submit, picked: Vec<PickedFile>) {
        if picked.is_empty() {
            return;
        }
        let fault = files_fault(self.all.with_untracked(Vec::len) + picked.len());
        let is_refused = fault.is_some();
        submit.error.set(fault);
        if is_refused {
            picked.iter().for_each(|file| browser::forget_file(file.handle));
            return;
        }
        let news = picked.into_iter().map(|picked| FormFile {
            key: format!("picked-{}", picked.handle),
            name: picked.name.clone(),
            state: ArcRwSignal::new(FileState::Queued(SendAs::Itself)),
            picked: Some(picked),
        });
        self.all.update(|all| all.extend(news));
        self.upload_next();
    }

    fn remove(self, file: &FormFile) {
        if let Some((_, handle)) = self.running.get_value().filter(|(key, _)| *key == file.key) {
            browser::forget_file(handle);
        }
        discard(file);
        self.all.update(|all| all.retain(|known| known.key != file.key));
    }

    /// Uploads the first file that waits for it. One at a time, so that they arrive in order.
    fn upload_next(self) {
        if self.running.with_value(Option::is_some) {
            return;
        }
        let next = self.all.with_untracked(|all| {
            all.iter().find_map(|file| match file.state.get_untracked() {
                FileState::Queued(send_as) => Some((file.clone(), file.picked.clone()?, send_as)),
                FileState::Checking(_)
                | FileState::Uploading { .. }
                | FileState::Waiting(_)
                | FileState::Sending(_)
                | FileState::Refused { .. }
                | FileState::Failed { .. } => None,
            })
        });
        let Some((file, picked, send_as)) = next else { return };
        self.running.set_value(Some((file.key.clone(), picked.handle)));
        file.state.set(FileState::Checking(send_as));
        spawn_local(async move {
            match prepared(&picked, send_as).await {
                Ok(ready) if self.has(&file) => self.upload(file, ready, send_as),
                Ok(_) => self.uploaded(),
                Err(refused) => {
                    file.state.set(refused);
                    self.uploaded();
                }
            }
        });
    }

    fn upload(self, file: FormFile, ready: PickedFile, send_as: SendAs) {
        let handle = ready.handle;
        self.running.set_value(Some((file.key.clone(), handle)));
        file.state.set(FileState::Uploading { send_as, percent: 0 });
        let address = format!("/saved-replies/files?{}", upload_query(&ready, send_as));
        browser::upload_file(handle, &address, move |event| {
            let after = FileState::after(event, send_as);
            if matches!(after, FileState::Uploading { .. }) {
                return file.state.set(after);
            }
            file.state.set(after);
            if file.on_server().is_some() {
                browser::forget_file(handle);
            }
            // It was taken out, or the form was left, in the moment in which it arrived.
            if !self.has(&file) {
                discard(&file);
            }
            self.uploaded();
        });
    }

    /// Whether the form is there, with this file.
    fn has(self, file: &FormFile) -> bool {
        self.all.try_with_untracked(|all| all.iter().any(|known| known.key == file.key)) == Some(true)
    }

    fn uploaded(self) {
        if self.running.try_set_value(None).is_none() {
            self.upload_next();
        }
    }

    fn leave(self) {
        if let Some(Some((_, handle))) = self.running.try_get_value() {
            browser::forget_file(handle);
        }
        if let Some(all) = self.all.try_get_untracked() {
            all.iter().for_each(discard);
        }
    }
}

/// Forgets what was picked, and removes what was uploaded here and not saved.
fn discard(file: &FormFile) {
    if file.picked.is_some()
        && let Some(uploaded) = file.on_server()
    {
        browser::remove_at(&address_of(&uploaded));
    }
    forget(file);
}

fn forget(file: &FormFile) {
    if let Some(picked) = &file.picked {
        browser::forget_file(picked.handle);
    }
}

/// The list of files, and the button that attaches more.
#[component]
pub fn FormFileList(files: FormFiles, submit: Submit, #[prop(into)] prefix: String) -> impl IntoView {
    let (input, button) = (format!("{prefix}-files"), format!("{prefix}-attach"));
    let (chosen, opened) = (input.clone(), input.clone());
    let is_empty = move || files.all.with(Vec::is_empty);
    let attach = button.clone();
    view! {
        <div class="field">
            <input
                id=input
                type="file"
                multiple=true
                hidden=true
                on:change=move |_| files.add(submit, browser::chosen_files(&chosen))
            />
            <ul class="attached-files" aria-label="Files of the reply" hidden=is_empty>
                <For each=move || files.all.get() key=|file| file.key.clone() let:file>
                    <FormFileLine files submit file attach=attach.clone()/>
                </For>
            </ul>
            <div>
                <button id=button type="button" class="btn" on:click=move |_| browser::choose_files(&opened)>
                    <Icon name="clip"/>
                    "Attach files"
                </button>
            </div>
            <p class="hint">"They come with the reply, and go out in this order with the next Send."</p>
        </div>
    }
}

#[component]
fn FormFileLine(files: FormFiles, submit: Submit, file: FormFile, attach: String) -> impl IntoView {
    let (name, state) = (file.name.clone(), file.state.clone());
    let file = StoredValue::new(file);
    let again = move |send_as| {
        submit.error.set(None);
        file.with_value(|file| file.state.set(FileState::Queued(send_as)));
        files.upload_next();
    };
    let remove = move |()| {
        submit.error.set(None);
        let gone = file.get_value();
        files.remove(&gone);
        browser::focus(&attach);
    };
    view! { <FileLine name state=Signal::derive(move || state.get()) again remove/> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::message::outgoing::FileKind;

    #[test]
    fn a_file_is_saved_once_it_is_on_the_server() {
        let file =
            |id: &str| WaitingFile { id: id.into(), name: "menu.pdf".to_owned(), kind: FileKind::Document, size: 7 };
        let kept = FormFile::kept(file("med_1"));
        assert_eq!(kept.on_server(), Some(file("med_1")));
        kept.state.set(FileState::Uploading { send_as: SendAs::Itself, percent: 99 });
        assert_eq!(kept.on_server(), None);
    }
}
